"""The one-to-one IPv6 socket."""

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

SOCKET = Socket("sctp_ipv6", ("host", "ipv6", "one-to-one"))


@pytest.mark.parametrize("case", cases(failing=Status.WARN), ids=name)
def test_finding(make_node: MakeNode, case: Case) -> None:
    """The socket's stage and errno are in the message and the evidence."""
    prove(make_node, SOCKET, case)


@pytest.mark.parametrize("case", UNTRIED, ids=name)
def test_no_socket_is_tried(make_node: MakeNode, case: Untried) -> None:
    """Where no socket may be opened the check is skipped and says why."""
    prove_untried(make_node, SOCKET, case)


def test_disabled_ipv6(make_node: MakeNode) -> None:
    """Without IPv6 there is nothing to fail."""
    node = make_node(loaded(), {"/sys/module/ipv6/parameters/disable": "1\n"})
    finding = node.finding(
        "sctp_ipv6", failures={SOCKET.probe: ("bind", "EADDRNOTAVAIL")}
    )

    assert (finding.status, finding.reason) == (Status.SKIP, Reason.NOT_APPLICABLE)
