"""Everything that could not be read, in one place."""

import pytest

from agent.checks.context import CheckContext
from agent.checks.node_readable import evaluate
from agent.facts import Gap, KernelFacts, ModprobeFacts, NodeFacts
from agent.findings import Expectation, Origin, Reason, Status
from agent.gaps import GapCause, OldPart
from agent.hostfs.mounts import NOT_GIVEN
from agent.loading.assessment import Assessment
from agent.verdict.states import look
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


@pytest.mark.parametrize(
    ("paths", "rest"),
    [
        pytest.param((HELPER,), "", id="one"),
        pytest.param((HELPER, CONF), " and 1 more", id="two"),
        pytest.param((HELPER, CONF, BOOT), " and 2 more", id="three"),
    ],
)
def test_number_of_files(
    make_node: MakeNode, paths: tuple[str, ...], rest: str
) -> None:
    """The message names the first and counts the others."""
    node = make_node(dict.fromkeys(paths, Pipe()))
    message = f"could not read {HELPER}: {PROBLEM}{rest}"

    assert node.finding("node_readable").message == message


LATE = "no answer within 2 s"
OLD = (
    OldPart("kernel", 15.0, "", LATE),
    OldPart("modprobe.d", 31.0, CONF, LATE),
    OldPart("forecast", 17.0, CONF, LATE),
)
WITHHELD = ModprobeFacts(unseen=(Gap("/run/modprobe.d", NOT_GIVEN),))
UNREAD = KernelFacts(gaps=(Gap("/a", PROBLEM), Gap("/b", PROBLEM)))
DEFECT = Gap("system", "the agent failed to read it: x", GapCause.CRASHED)


@pytest.mark.parametrize(
    ("facts", "status", "reason", "message", "evidence"),
    [
        pytest.param(
            NodeFacts(old=OLD),
            Status.PASS,
            Reason.AS_EXPECTED,
            f"everything could be read, but modprobe.d is of 31 s ago: {LATE}",
            [Origin("kernel", None, LATE), Origin(CONF, None, LATE)],
            id="late, and as it was last",
        ),
        pytest.param(
            NodeFacts(modprobe=WITHHELD, old=OLD[:1]),
            Status.PASS,
            Reason.AS_EXPECTED,
            f"everything could be read, but kernel is of 15 s ago: {LATE}",
            [Origin("kernel", None, LATE)],
            id="late, where something was not given",
        ),
        pytest.param(
            NodeFacts(kernel=UNREAD, old=OLD),
            Status.WARN,
            Reason.FACT_UNREADABLE,
            f"could not read /a: {PROBLEM} and 1 more",
            [Origin("/a", None, PROBLEM), Origin("/b", None, PROBLEM)],
            id="unreadable, which is worse",
        ),
        pytest.param(
            NodeFacts(kernel=UNREAD, old=OLD, gaps=(DEFECT,)),
            Status.UNKNOWN,
            Reason.CHECK_CRASHED,
            str(DEFECT),
            [],
            id="a defect, which is worst",
        ),
        pytest.param(
            NodeFacts(modprobe=WITHHELD),
            Status.PASS,
            Reason.AS_EXPECTED,
            "all that the agent was given could be read",
            [Origin("/run/modprobe.d", None, NOT_GIVEN)],
            id="not given",
        ),
        pytest.param(
            NodeFacts(),
            Status.PASS,
            Reason.AS_EXPECTED,
            "everything could be read",
            [],
            id="all",
        ),
    ],
)
def test_by_facts(
    facts: NodeFacts,
    status: Status,
    reason: Reason,
    message: str,
    evidence: list[Origin],
) -> None:
    """The worst is told: a defect, what is unreadable, what is old, what is hidden."""
    node = Assessment(facts)
    finding = evaluate(CheckContext(node, REQUIRED, look(node)))

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.message == message
    assert list(finding.evidence) == evidence
