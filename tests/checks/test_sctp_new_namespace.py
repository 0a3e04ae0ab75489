"""The socket in a namespace as a new pod gets it."""

import pytest

from agent.findings import Reason, Status
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


def test_namespace_cannot_be_made(make_node: MakeNode) -> None:
    """Without the privilege nothing is said about SCTP."""
    node = make_node(loaded())
    finding = node.finding(
        "sctp_new_namespace", failures={SOCKET.probe: ("namespace", "EPERM")}
    )

    assert (finding.status, finding.reason) == (Status.SKIP, Reason.NOT_APPLICABLE)
    assert finding.message == "no namespace could be made: EPERM (needs CAP_SYS_ADMIN)"
