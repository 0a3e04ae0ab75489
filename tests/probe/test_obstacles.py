"""What is in the way in a network namespace: of real ones, where root may make them."""

import errno
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from agent.kernel.obstacles import Obstacle
from agent.probe.obstacles import in_the_way

TOP = Path(__file__).parents[2]
CODE = (
    "import sys; from agent.probe.obstacles import in_the_way; "
    "print(in_the_way(sys.argv[1], int(sys.argv[2]), sys.argv[3]))"
)
LINKED = (
    "ip link add here type veth peer name there; ip link set here up; "
    "ip link set there up; ip address add 192.0.2.1/24 dev here"
)
LATE, GONE = "ETIMEDOUT", "EADDRNOTAVAIL"
V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.mark.netns
@pytest.mark.skipif(os.geteuid() != 0, reason="making namespaces needs root")
@pytest.mark.parametrize(
    ("script", "error", "family", "address", "found"),
    [
        pytest.param(":", LATE, V4, "127.0.0.1", Obstacle.LOOPBACK_DOWN, id="fresh"),
        pytest.param(":", LATE, V6, "::1", Obstacle.LOOPBACK_DOWN, id="fresh, IPv6"),
        pytest.param("ip link set lo up", LATE, V4, "127.0.0.1", "", id="sound"),
        pytest.param(
            "ip link set lo up; ip address del 127.0.0.1/8 dev lo",
            GONE,
            V4,
            "127.0.0.1",
            Obstacle.NO_LOOPBACK_ADDRESS,
            id="no address",
        ),
        pytest.param(
            LINKED,
            LATE,
            V4,
            "192.0.2.1",
            Obstacle.LOOPBACK_DOWN,
            id="an own address, which lo carries",
        ),
        pytest.param(
            LINKED,
            LATE,
            V4,
            "192.0.2.9",
            "",
            id="somebody else's address",
        ),
    ],
)
def test_namespace(
    script: str, error: str, family: int, address: str, found: str
) -> None:
    """lo, and whose the address is."""
    command = (sys.executable, "-c", CODE, error, str(int(family)), address)
    ended = subprocess.run(
        ["unshare", "--net", "sh", "-c", f'{script}; exec "$@"', "sh", *command],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ended.stdout.rstrip("\n") == found


def test_what_cannot_be_asked_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without descriptors nothing is known of lo."""

    def refuse(*_: object) -> bytes:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(fcntl, "ioctl", refuse)
    assert in_the_way(LATE, V4, "127.0.0.1") == ""
    monkeypatch.setattr(socket, "socket", refuse)
    assert in_the_way(LATE, V4, "127.0.0.1") == ""


def test_address_without_a_route_is_not_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So lo has nothing to do with it."""

    def unreachable(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert in_the_way(LATE, V4, "192.0.2.9") == ""


def test_node_without_sctp_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that is not to be had has no other reason."""
    monkeypatch.setattr(socket, "socket", None)
    assert in_the_way("EPROTONOSUPPORT", V4, "127.0.0.1") == ""
