"""The socket in a namespace as a new pod gets it."""

import pytest

from agent.checks.context import CheckContext
from agent.checks.sctp_new_namespace import evaluate
from agent.facts import NodeFacts
from agent.findings import Expectation, Reason, SocketResult, Status
from agent.loading.assessment import Assessment
from agent.verdict.states import look
from tests.checks.sockets import (
    UNTRIED,
    Case,
    Socket,
    Untried,
    cases,
    name,
    prove,
    prove_untried,
)
from tests.nodes import MakeNode, loaded

SOCKET = Socket("sctp_new_namespace", ("pod", "ipv4", "one-to-one"))


@pytest.mark.parametrize("case", cases(failing=Status.WARN), ids=name)
def test_finding(make_node: MakeNode, case: Case) -> None:
    """The socket's stage and errno are in the message and the evidence."""
    prove(make_node, SOCKET, case)


@pytest.mark.parametrize("case", UNTRIED, ids=name)
def test_no_socket_is_tried(make_node: MakeNode, case: Untried) -> None:
    """Where no socket may be opened the check is skipped and says why."""
    prove_untried(make_node, SOCKET, case)


@pytest.mark.parametrize(
    ("error", "why"), [("EPERM", " (needs CAP_SYS_ADMIN)"), ("ENOSPC", "")]
)
def test_namespace_cannot_be_made(make_node: MakeNode, error: str, why: str) -> None:
    """Without the privilege, or the room, nothing is said about SCTP."""
    node = make_node(loaded())
    finding = node.finding(
        "sctp_new_namespace", failures={SOCKET.probe: ("namespace", error)}
    )

    assert (finding.status, finding.reason) == (Status.SKIP, Reason.NOT_APPLICABLE)
    assert finding.message == f"no namespace could be made: {error}{why}"


@pytest.mark.parametrize(
    ("error", "age", "ending"),
    [
        pytest.param("", 0.0, "in 2.0 ms", id="of this evaluation"),
        pytest.param("", 240.0, "in 2.0 ms, 4 min ago", id="of an earlier one"),
        pytest.param("EACCES", 15.0, "with EACCES, 15 s ago", id="failed earlier"),
    ],
)
def test_age_of_the_result(error: str, age: float, ending: str) -> None:
    """A result that is kept says how old it is."""
    success, stage = not error, "bind" if error else "done"
    result = SocketResult(*SOCKET.probe, success, stage, error, 0.002, age=age)
    node = Assessment(NodeFacts(sockets=(result,)))
    finding = evaluate(CheckContext(node, Expectation.REQUIRED, look(node)))

    assert finding.message.endswith(ending)
