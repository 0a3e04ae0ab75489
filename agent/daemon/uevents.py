"""The kernel's announcements (uevents) that the sctp module came or went."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

_KERNEL_GROUP = 1  # group 2 is udev's
_KERNEL_PORT = 0
_LARGEST = 8192  # the kernel builds events in 2 KiB
_BURST = 64  # datagrams read before the loop gets its turn
_NETLINK_KOBJECT_UEVENT = 15
_NEWS = (b"add@/module/sctp", b"remove@/module/sctp")

_log = logging.getLogger(__name__)


class DatagramSocket(Protocol):
    """What is needed of a non-blocking netlink socket."""

    def recvfrom(self, bufsize: int, /) -> tuple[bytes, tuple[int, int]]:
        """Return a datagram and its sender (port, groups)."""


def is_news(datagram: bytes) -> bool:
    """Tell whether the event is about the sctp module itself.

    An event is `ACTION@DEVPATH` and then its keys, each ended by a zero byte.
    """
    return datagram.partition(b"\0")[0] in _NEWS


def open_socket() -> socket.socket:
    """Subscribe to the kernel's events; raise OSError where that is impossible.

    The kernel sends them to every network namespace outside user namespaces.
    """
    events = socket.socket(
        socket.AF_NETLINK,
        socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC,
        _NETLINK_KOBJECT_UEVENT,
    )
    try:
        events.bind((0, _KERNEL_GROUP))
    except OSError:
        events.close()
        raise
    return events


def drain(events: DatagramSocket) -> bool:
    """Read what has arrived, within bounds; return True if there was news.

    Events that were lost (ENOBUFS) may have been news. Datagrams of other
    senders than the kernel are ignored, whatever they say. Raise OSError when
    the socket is of no more use.
    """
    news = False
    for _ in range(_BURST):
        try:
            datagram, (sender, _groups) = events.recvfrom(_LARGEST)
        except BlockingIOError:
            break
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            news = True
        else:
            news = news or (sender == _KERNEL_PORT and is_news(datagram))
    return news


@contextmanager
def heeding(on_news: Callable[[], None]) -> Iterator[None]:
    """Call *on_news* when the module comes or goes, where the kernel tells."""
    try:
        events = open_socket()
    except OSError as error:
        _log.info("no uevents, evaluating by time only", extra={"error": str(error)})
        yield
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            if drain(events):
                on_news()
        except OSError as error:
            loop.remove_reader(events)
            _log.warning("uevents ended", extra={"error": str(error)})

    loop.add_reader(events, read)
    try:
        yield
    finally:
        loop.remove_reader(events)
        events.close()
