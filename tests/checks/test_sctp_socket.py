"""The one-to-one IPv4 socket of the host, which the state is about."""

import pytest

from agent.findings import Reason, State, Status
from agent.kernel.obstacles import Obstacle
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

SOCKET = Socket("sctp_socket", ("host", "ipv4", "one-to-one"))


@pytest.mark.parametrize("case", cases(failing=Status.FAIL), ids=name)
def test_finding(make_node: MakeNode, case: Case) -> None:
    """The socket's stage and errno are in the message and the evidence."""
    prove(make_node, SOCKET, case)


@pytest.mark.parametrize("case", UNTRIED, ids=name)
def test_no_socket_is_tried(make_node: MakeNode, case: Untried) -> None:
    """Where no socket may be opened the check is skipped and says why."""
    prove_untried(make_node, SOCKET, case)


LATE, REFUSED = ("connect", "ETIMEDOUT"), ("connect", "ECONNREFUSED")


@pytest.mark.parametrize(
    ("failure", "obstacle", "status", "reason", "state", "remedy"),
    [
        pytest.param(
            ("bind", "EADDRNOTAVAIL"),
            Obstacle.LOOPBACK_DOWN,
            Status.UNKNOWN,
            Reason.NOT_PROBED,
            State.UNKNOWN,
            "set lo up",
            id="lo is down, which says nothing of others",
        ),
        pytest.param(
            ("bind", "EADDRNOTAVAIL"),
            Obstacle.NO_LOOPBACK_ADDRESS,
            Status.UNKNOWN,
            Reason.NOT_PROBED,
            State.UNKNOWN,
            "give it its addresses",
            id="no loopback address",
        ),
        pytest.param(
            REFUSED,
            Obstacle.ADDIP_WITHOUT_AUTH,
            Status.FAIL,
            Reason.SOCKET_FAILED,
            State.UNAVAILABLE,
            "net.sctp.auth_enable=1",
            id="addip without auth",
        ),
        pytest.param(
            LATE,
            Obstacle.CONNTRACK_FULL,
            Status.UNKNOWN,
            Reason.SOCKET_TIMEOUT,
            State.UNKNOWN,
            "nf_conntrack_max",
            id="conntrack is full",
        ),
        pytest.param(
            LATE,
            "",
            Status.UNKNOWN,
            Reason.SOCKET_TIMEOUT,
            State.UNKNOWN,
            "nft list ruleset",
            id="nothing known",
        ),
    ],
)
def test_what_is_in_the_way_is_named(
    make_node: MakeNode,
    *,
    failure: tuple[str, str],
    obstacle: str,
    status: Status,
    reason: Reason,
    state: State,
    remedy: str,
) -> None:
    """In the message, with its own place and remedy, and no filter is blamed."""
    failures = {SOCKET.probe: (*failure, obstacle)}
    report = make_node(loaded()).report(failures=failures)
    finding = next(c.finding for c in report.checks if c.name == SOCKET.check)

    assert (finding.status, finding.reason) == (status, reason)
    assert obstacle in finding.message
    assert remedy in finding.remedy
    assert report.verdict.state == state
    if obstacle:
        assert finding.evidence[0].path == Obstacle(obstacle).place
