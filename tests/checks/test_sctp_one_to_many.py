"""The one-to-many IPv4 socket."""

import pytest

from agent.findings import Status
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
from tests.nodes import MakeNode

SOCKET = Socket("sctp_one_to_many", ("host", "ipv4", "one-to-many"))


@pytest.mark.parametrize("case", cases(failing=Status.WARN), ids=name)
def test_finding(make_node: MakeNode, case: Case) -> None:
    """The socket's stage and errno are in the message and the evidence."""
    prove(make_node, SOCKET, case)


@pytest.mark.parametrize("case", UNTRIED, ids=name)
def test_no_socket_is_tried(make_node: MakeNode, case: Untried) -> None:
    """Where no socket may be opened the check is skipped and says why."""
    prove_untried(make_node, SOCKET, case)
