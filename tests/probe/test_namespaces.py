"""Real network namespaces: entered by one thread, leaving nothing behind."""

import ctypes
import errno
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from agent.findings import SocketResult
from agent.probe import namespaces, sctp
from agent.probe.loopback import raise_loopback
from agent.probe.prober import SocketProber
from agent.threads import start
from tests.probe.stand_ins import stand_in

T = TypeVar("T")
OWN = "/proc/thread-self/ns/net"
ROUNDS = 50

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="making network namespaces needs root"
)


def inode() -> int:
    """Return what identifies the calling thread's network namespace."""
    return Path(OWN).stat().st_ino


def loopback_is_up() -> bool:
    """Say whether the calling thread's lo carries its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("127.0.0.1", 0))
            sock.connect(("127.0.0.1", 9))
        except OSError:
            return False
    return True


def unshare() -> None:
    """Move the calling thread into a namespace whose lo is down."""
    assert namespaces._libc().unshare(namespaces._CLONE_NEWNET) == 0  # noqa: SLF001


def drop_capabilities() -> None:
    """Take every capability from the calling thread, not from the process."""
    header = struct.pack("=Ii", 0x20080522, 0)  # version 3 of capset(2), this thread
    assert ctypes.CDLL(None).capset(header, bytes(24)) == 0


def probe(family: str, style: str, *, netns: str) -> SocketResult:
    """Converse over TCP or UDP, where the calling thread is."""
    return sctp.probe(family, style, netns=netns, socket_factory=stand_in)


@pytest.fixture(name="elsewhere")
def _elsewhere() -> Iterator[str]:
    """Return the path of another namespace, its lo up, kept by a thread."""
    ready, leave, path = threading.Event(), threading.Event(), []

    def live() -> None:
        namespaces.enter_fresh()
        path.append(f"/proc/self/task/{threading.get_native_id()}/ns/net")
        ready.set()
        leave.wait(60)

    thread = threading.Thread(target=live)
    thread.start()
    assert ready.wait(300)
    yield path[0]
    leave.set()
    thread.join()


def visited(enter: Callable[[], None], work: Callable[[], T]) -> T:
    """Return what *work* returns in a thread of its own that *enter* moved."""

    def visit() -> T:
        enter()
        return work()

    return start("visit", visit).result(timeout=300)


@pytest.mark.netns
@needs_root
def test_new_namespace_is_another_one_with_lo_up() -> None:
    """The thread is elsewhere, can use loopback, and its caller has not moved."""
    before = inode()

    bare = visited(unshare, loopback_is_up)
    there, up = visited(namespaces.enter_fresh, lambda: (inode(), loopback_is_up()))

    assert bare is False  # so that what follows is the agent's doing
    assert up is True
    assert there != before
    assert inode() == before


@pytest.mark.netns
@needs_root
def test_entering_leads_to_the_namespace_at_the_path(elsewhere: str) -> None:
    """The thread is in that very namespace, and its caller has not moved."""
    before = inode()

    there = visited(lambda: namespaces.enter(elsewhere), inode)

    assert there == Path(elsewhere).stat().st_ino != before
    assert inode() == before
    assert not namespaces.is_own(elsewhere)
    assert namespaces.is_own(OWN)


@pytest.mark.netns
@needs_root
def test_every_namespace_is_probed_where_it_is(elsewhere: str) -> None:
    """The prober gets through conversations in all three namespaces."""
    prober = SocketProber(probe=probe)

    results = prober.run(permitted=True, host_netns=elsewhere, now=0.0)

    assert [(result.success, result.error) for result in results] == [(True, "")] * 12


@pytest.mark.netns
@needs_root
def test_many_rounds_leave_nothing_behind(elsewhere: str) -> None:
    """No descriptor and no thread more than before.

    That no process was started is watched by the guard of every test.
    """
    prober = SocketProber(probe=probe, slow_interval=0)

    def once() -> tuple[int, int]:
        prober.run(permitted=True, host_netns=elsewhere, now=0.0)
        for thread in threading.enumerate():
            if thread.name.startswith("netns-"):
                thread.join()  # it has answered, and is about to end
        descriptors = list(Path("/proc/self/fd").iterdir())
        return len(descriptors), threading.active_count()

    first = once()

    assert [once() for _ in range(ROUNDS)] == [first] * ROUNDS


@pytest.mark.parametrize(
    "act",
    [
        namespaces.enter_fresh,
        raise_loopback,
        partial(namespaces.enter, OWN),
    ],
    ids=["make a namespace", "bring up lo", "enter a namespace"],
)
def test_act_without_privileges_is_refused(act: Callable[[], None]) -> None:
    """Each needs a capability; without it the kernel's refusal is told."""

    def attempt() -> None:
        drop_capabilities()
        act()

    with pytest.raises(OSError, match=r"\d") as raised:
        visited(attempt, inode)

    assert raised.value.errno == errno.EPERM


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/proc/self/ns/none", errno.ENOENT),
        ("/dev/null", errno.EINVAL),
    ],
    ids=["nothing there", "not a namespace"],
)
def test_path_that_is_no_namespace_is_an_error(path: str, error: int) -> None:
    """Entering fails with the kernel's reason."""
    with pytest.raises(OSError, match=r"\d") as raised:
        namespaces.enter(path)

    assert raised.value.errno == error
