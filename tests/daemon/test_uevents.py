"""Uevents: which are news, and what hostile or lost ones do."""

import errno
import os
import socket
from collections.abc import Iterable, Iterator

import pytest

from agent.daemon import uevents

_ADD = b"add@/module/sctp\0ACTION=add\0DEVPATH=/module/sctp\0SUBSYSTEM=module\0SEQNUM=9"
_KERNEL = (0, 1)
_OTHER = (b"add@/devices/x\0", _KERNEL)
_OVERFLOW = OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS))
_GONE = OSError(errno.ENETDOWN, os.strerror(errno.ENETDOWN))

Arrival = tuple[bytes, tuple[int, int]] | OSError


class _Socket:
    """Delivers what it is given, then would block."""

    def __init__(self, arrivals: Iterable[Arrival]) -> None:
        self._arrivals: Iterator[Arrival] = iter(arrivals)

    def recvfrom(self, bufsize: int, /) -> tuple[bytes, tuple[int, int]]:
        """Return the next datagram, cut as the kernel cuts it."""
        arrival = next(self._arrivals, None)
        if arrival is None:
            raise BlockingIOError
        if isinstance(arrival, OSError):
            raise arrival
        datagram, sender = arrival
        return datagram[:bufsize], sender


@pytest.mark.parametrize(
    ("datagram", "news"),
    [
        pytest.param(_ADD, True, id="added"),
        pytest.param(_ADD.replace(b"add", b"remove"), True, id="removed"),
        pytest.param(_ADD[: _ADD.index(b"\0")], True, id="header-only"),
        pytest.param(_ADD + b"\0" + b"x" * 100_000, True, id="oversized"),
        pytest.param(b"add@/module/sctp_diag\0", False, id="another-module"),
        pytest.param(b"add@/module/sctp/holders\0", False, id="below-the-module"),
        pytest.param(b"change@/module/sctp\0", False, id="another-action"),
        pytest.param(b"add@/devices/x\0DEVPATH=/module/sctp", False, id="key-only"),
        pytest.param(b"\0" + _ADD, False, id="empty-header"),
        pytest.param(b"libudev\0" + _ADD, False, id="of-udev"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"\xff\xfe" * 5000, False, id="garbage"),
    ],
)
def test_news(datagram: bytes, news: bool) -> None:  # noqa: FBT001  # a column
    """News is that the module itself came or went, as told by the kernel."""
    assert uevents.drain(_Socket([(datagram, _KERNEL)])) is news


@pytest.mark.parametrize(
    ("arrivals", "news"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param([(_ADD, (4711, 1))], False, id="from-a-process"),
        pytest.param(
            [(_ADD, _KERNEL), (b"add@/x\0", _KERNEL)], True, id="among-others"
        ),
        pytest.param([_OVERFLOW], True, id="lost-events"),
        pytest.param([_OVERFLOW, _OTHER], True, id="lost-then-other"),
    ],
)
def test_arrivals(arrivals: list[Arrival], news: bool) -> None:  # noqa: FBT001  # a column
    """Only the kernel is believed, and lost events may have been news."""
    assert uevents.drain(_Socket(arrivals)) is news


def test_flood() -> None:
    """Reading is bounded: the rest of a flood waits for the loop's next turn."""
    flood = iter([_OTHER] * 1000)

    assert not uevents.drain(_Socket(flood))
    assert len(list(flood)) > 900


def test_broken_socket() -> None:
    """An error that is no loss of events ends the listening."""
    with pytest.raises(OSError, match=_GONE.strerror):
        uevents.drain(_Socket([(_ADD, _KERNEL), _GONE]))


def test_real_socket() -> None:
    """The kernel grants the subscription to anybody, and reading never blocks."""
    with uevents.open_socket() as events:
        assert events.getsockname()[1] == 1
        uevents.drain(events)


def test_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused subscription is an error and leaves no socket behind."""
    opened: list[socket.socket] = []

    class Refusing(socket.socket):
        def bind(self, address: object, /) -> None:
            opened.append(self)
            raise PermissionError(address)

    monkeypatch.setattr(socket, "socket", Refusing)

    with pytest.raises(PermissionError):
        uevents.open_socket()

    assert [s.fileno() for s in opened] == [-1]
