"""Everything that could not be read, in one place."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BOOT, ETC, HELPER, MODULES, Files, MakeNode, Pipe

CONF = f"{ETC}/x.conf"
ALIASES = f"{MODULES}/modules.alias.bin"
PROBLEM = "is not a regular file"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="everything",
        ),
        pytest.param(
            {CONF: Pipe()},
            REQUIRED,
            Status.WARN,
            Reason.FACT_UNREADABLE,
            (Origin(CONF, None, PROBLEM),),
            id="one file",
        ),
        pytest.param(
            {ALIASES: Pipe()},
            REQUIRED,
            Status.WARN,
            Reason.FACT_UNREADABLE,
            (Origin(ALIASES, None, PROBLEM),),
            id="index of aliases",
        ),
        pytest.param(
            {HELPER: Pipe(), CONF: Pipe(), BOOT: Pipe()},
            FORBIDDEN,
            Status.WARN,
            Reason.FACT_UNREADABLE,
            (
                Origin(HELPER, None, PROBLEM),
                Origin(CONF, None, PROBLEM),
                Origin(BOOT, None, PROBLEM),
            ),
            id="three files",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    *,
    files: Files,
    expectation: Expectation,
    status: Status,
    reason: Reason,
    evidence: tuple[Origin, ...],
) -> None:
    """Status, reason and evidence."""
    finding = make_node(files).finding("node_readable", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


def test_number_of_files(make_node: MakeNode) -> None:
    """The message names the first and counts the others."""
    node = make_node({HELPER: Pipe(), CONF: Pipe(), BOOT: Pipe()})

    assert node.finding("node_readable").message == (
        f"could not read {HELPER}: {PROBLEM} and 2 more"
    )
