"""The conversation over other protocols; SCTP itself is proven on real kernels."""

import errno
import socket
import time
from pathlib import Path

import pytest

from agent.errno_names import error_name
from agent.probe import sctp
from agent.probe.sctp import FAMILIES, STYLES, probe
from tests.probe.stand_ins import Spoil, Workshop, fails, stand_in

ONE_TO_ONE = "one-to-one"
ONE_TO_MANY = "one-to-many"
BOTH = (ONE_TO_ONE, ONE_TO_MANY)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("style", STYLES)
def test_data_both_ways_is_success(family: str, style: str) -> None:
    """A whole conversation ends in the stage done, timed and dated."""
    before = time.time()

    result = probe(family, style, netns="pod", socket_factory=stand_in)

    assert (result.success, result.stage, result.error) == (True, "done", "")
    assert (result.netns, result.family, result.style) == ("pod", family, style)
    assert 0 < result.seconds < 2
    assert before <= result.time <= time.time()


def test_asks_for_the_sockets_that_applications_use() -> None:
    """Both styles are asked for by type, and SCTP by its protocol number."""
    asked: list[tuple[int, ...]] = []

    def refuse(*arguments: int) -> socket.socket:
        asked.append(arguments)
        raise fails(errno.EPROTONOSUPPORT)

    for family in FAMILIES:
        for style in STYLES:
            probe(family, style, netns="agent", socket_factory=refuse)

    assert asked == [
        (socket.AF_INET, socket.SOCK_STREAM, 132),
        (socket.AF_INET, socket.SOCK_SEQPACKET, 132),
        (socket.AF_INET6, socket.SOCK_STREAM, 132),
        (socket.AF_INET6, socket.SOCK_SEQPACKET, 132),
    ]


@pytest.mark.parametrize(
    ("style", "call", "code", "stage"),
    [
        (ONE_TO_ONE, "socket", errno.EPROTONOSUPPORT, "socket"),
        (ONE_TO_MANY, "socket", errno.ESOCKTNOSUPPORT, "socket"),
        (ONE_TO_ONE, "socket", errno.EAFNOSUPPORT, "socket"),
        (ONE_TO_ONE, "socket", errno.EACCES, "socket"),
        (ONE_TO_ONE, "bind", errno.EADDRNOTAVAIL, "bind"),
        (ONE_TO_MANY, "bind", errno.EADDRNOTAVAIL, "bind"),
        (ONE_TO_ONE, "listen", errno.EACCES, "listen"),
        (ONE_TO_ONE, "connect", errno.ECONNREFUSED, "connect"),
        (ONE_TO_MANY, "connect", errno.ENETUNREACH, "connect"),
        (ONE_TO_ONE, "accept", errno.ECONNABORTED, "connect"),
        (ONE_TO_ONE, "send", errno.EPIPE, "exchange"),
        (ONE_TO_ONE, "recv", errno.ECONNRESET, "exchange"),
        (ONE_TO_MANY, "sendto", errno.EPERM, "exchange"),
        (ONE_TO_MANY, "recvfrom", errno.EACCES, "exchange"),
    ],
)
def test_error_is_named_with_the_stage_it_came_in(
    style: str, call: str, code: int, stage: str
) -> None:
    """Whatever call fails, the result says where and with which errno."""
    workshop = Workshop(**{call: fails(code)})

    result = probe("ipv4", style, netns="agent", socket_factory=workshop)

    assert (result.success, result.stage) == (False, stage)
    assert result.error == errno.errorcode[code]
    assert [sock.fileno() for sock in workshop.made] == [-1] * len(workshop.made)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (errno.EINPROGRESS, "ECONNREFUSED"),
        (0, "ECONNREFUSED"),
        (errno.EHOSTUNREACH, "EHOSTUNREACH"),
    ],
    ids=["a new attempt was begun", "a new attempt was made", "another error"],
)
def test_association_that_fails_later_is_a_failure_to_connect(
    answer: int, error: str
) -> None:
    """A one-to-many connect that is seen to fail when asked again has failed."""
    workshop = Workshop(connect_ex=lambda *_: answer)

    result = probe("ipv4", ONE_TO_MANY, netns="agent", socket_factory=workshop)

    assert (result.success, result.stage) == (False, "connect")
    assert result.error == error


def test_kernel_without_ipv6_is_not_asked_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No IPv6 socket is opened there: that would run modprobe for ipv6."""
    monkeypatch.setattr(sctp, "_NET", tmp_path)
    workshop = Workshop()

    result = probe("ipv6", ONE_TO_ONE, netns="agent", socket_factory=workshop)

    assert (result.success, result.stage) == (False, "socket")
    assert result.error == "EAFNOSUPPORT"
    assert workshop.made == []
    assert probe("ipv4", ONE_TO_ONE, netns="agent", socket_factory=workshop).success


@pytest.mark.parametrize(
    ("style", "spoilt", "stage"),
    [
        (ONE_TO_ONE, {"connect": lambda *_: None}, "connect"),
        (ONE_TO_MANY, {"connect_ex": lambda *_: errno.EALREADY}, "connect"),
        (ONE_TO_ONE, {"send": lambda *_: None}, "exchange"),
        (ONE_TO_MANY, {"sendto": lambda *_: None}, "exchange"),
    ],
    ids=[
        "nobody connects",
        "never associated",
        "nothing sent over a connection",
        "nothing sent over an association",
    ],
)
def test_silence_ends_at_the_deadline(
    style: str, spoilt: dict[str, Spoil], stage: str
) -> None:
    """What never happens is waited for as long as the deadline, not longer."""
    began = time.monotonic()

    result = probe(
        "ipv4", style, netns="agent", deadline=0.1, socket_factory=Workshop(**spoilt)
    )

    assert (result.success, result.stage) == (False, stage)
    assert result.error == "ETIMEDOUT"
    assert 0.1 <= time.monotonic() - began < 10


def test_steps_that_are_each_in_time_do_not_add_up_without_end() -> None:
    """The whole conversation has a deadline, besides that of each step."""

    def dawdle(sock: socket.socket, data: bytes) -> int:
        time.sleep(0.15)
        return sock.send(data)

    result = probe(
        "ipv4",
        ONE_TO_ONE,
        netns="agent",
        deadline=0.1,
        socket_factory=Workshop(send=dawdle),
    )

    assert (result.success, result.stage) == (False, "exchange")
    assert result.error == "ETIMEDOUT"


@pytest.mark.parametrize(
    ("style", "call", "received", "error"),
    [
        (ONE_TO_ONE, "recv", b"something else", "EBADMSG"),
        (ONE_TO_MANY, "recvfrom", b"something else", "EBADMSG"),
        (ONE_TO_ONE, "recv", b"", "ECONNRESET"),
    ],
    ids=["altered on a connection", "altered on an association", "closed"],
)
@pytest.mark.parametrize("spared", [0, 1], ids=["on the way there", "and back"])
def test_only_intact_data_is_success(
    style: str, call: str, received: bytes, error: str, spared: int
) -> None:
    """Data that came, but not the data that was sent, is a failure."""
    calls = iter(range(2))

    def receive(sock: socket.socket, *arguments: int) -> object:
        real = getattr(sock, call)(*arguments)
        if next(calls) < spared:
            return real
        return received if call == "recv" else (received, real[1])

    workshop = Workshop(**{call: receive})
    result = probe("ipv4", style, netns="agent", socket_factory=workshop)

    assert (result.success, result.stage, result.error) == (False, "exchange", error)


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (fails(errno.EPERM), "EPERM"),
        (TimeoutError("timed out"), "ETIMEDOUT"),
        (OSError("no number"), "OSError"),
        (OSError(-2, "a number of the resolver"), "OSError"),
        (ImportError("pyroute2"), "ImportError"),
    ],
    ids=["errno", "timeout without", "no errno", "foreign errno", "other"],
)
def test_every_error_has_a_name(error: Exception, name: str) -> None:
    """Errors are told by errno, and by class where they have none."""
    assert error_name(error) == name


@pytest.mark.parametrize("style", BOTH)
def test_association_is_closed_on_both_sides(style: str) -> None:
    """No socket outlives its conversation."""
    workshop = Workshop()

    assert probe("ipv4", style, netns="agent", socket_factory=workshop).success
    assert [sock.fileno() for sock in workshop.made] == [-1, -1]
