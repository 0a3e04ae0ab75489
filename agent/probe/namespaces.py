"""Ways for the calling thread into another network namespace; no way back.

They start no process, which both of pyroute2's own ways do: it creates a namespace in
a child, and finds libc by running ldconfig unless it is given one. So these are the
two system calls themselves; of Python's own, os.unshare and os.setns, 3.11 has none.
"""

import ctypes
import os

from agent.probe.loopback import raise_loopback

_CLONE_NEWNET = 0x40000000
_OWN = "/proc/thread-self/ns/net"


def is_own(path: str) -> bool:
    """Say whether *path* is the calling thread's namespace; may raise OSError."""
    return os.path.samestat(os.stat(path), os.stat(_OWN))


def enter(path: str) -> None:
    """Move the calling thread into the namespace at *path*; may raise OSError."""
    # O_NONBLOCK: should a FIFO stand there, opening it must not wait.
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check(_libc().setns(fd, _CLONE_NEWNET))
    finally:
        os.close(fd)


def enter_fresh() -> None:
    """Move the calling thread into a new namespace with lo up, as a pod gets.

    It exists while the thread does. May raise OSError.
    """
    _check(_libc().unshare(_CLONE_NEWNET))
    raise_loopback()


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
