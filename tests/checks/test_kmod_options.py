"""Options with a value that the kernel refuses."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, CMDLINE, ETC, Files, MakeNode, Pipe

CONF = f"{ETC}/x.conf"
BAD = "options sctp no_checksums=banana"
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
            id="none",
        ),
        pytest.param(
            {CONF: f"{BAD}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.BAD_MODULE_OPTION,
            (Origin(CONF, 1, BAD),),
            id="bad value",
        ),
        pytest.param(
            {CMDLINE: "sctp.no_checksums=banana\n"},
            REQUIRED,
            Status.FAIL,
            Reason.BAD_MODULE_OPTION,
            (Origin(CMDLINE, None, "sctp.no_checksums=banana"),),
            id="bad value in a kernel argument",
        ),
        pytest.param(
            {CONF: "options sctp no_checksums=Y\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="good value",
        ),
        pytest.param(
            {CONF: "options sctp debug=banana\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="unknown parameter",
        ),
        pytest.param(
            {CONF: f"blacklist sctp\n{BAD}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.BAD_MODULE_OPTION,
            (Origin(CONF, 2, BAD),),
            id="behind a blacklist line",
        ),
        pytest.param(
            {CONF: f"{BAD}\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.BAD_MODULE_OPTION,
            (Origin(CONF, 1, BAD),),
            id="bad value where it is forbidden",
        ),
        pytest.param(
            {CONF: f"{BAD}\n"},
            OBSERVE,
            Status.WARN,
            Reason.BAD_MODULE_OPTION,
            (Origin(CONF, 1, BAD),),
            id="bad value and observed",
        ),
        pytest.param(
            {CONF: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(CONF),),
            id="unreadable file",
        ),
        pytest.param(
            {**BUILTIN, CONF: BAD},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="built in",
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
    finding = make_node(files).finding("kmod_options", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
