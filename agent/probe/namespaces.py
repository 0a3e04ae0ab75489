"""Ways for the calling thread into another network namespace; no way back.

They start no process, which two of pyroute2's own ways do: it creates a
namespace in a child, and finds libc by running ldconfig unless it is given one.
pyroute2 is imported where it is used: it costs 11 MiB and a tenth of a second.
"""

import ctypes
import os
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_LOOPBACK = 1  # the index of lo, the first interface of every namespace
_OWN = "/proc/thread-self/ns/net"


def is_own(path: str) -> bool:
    """Say whether *path* is the calling thread's namespace; may raise OSError."""
    return os.path.samestat(Path(path).stat(), Path(_OWN).stat())


def enter(path: str) -> None:
    """Move the calling thread into the namespace at *path*; may raise OSError."""
    # O_NONBLOCK: should a FIFO stand there, opening it must not wait.
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        from pyroute2 import netns  # type: ignore[import-untyped]

        netns.setns(fd, libc=_libc())
    finally:
        os.close(fd)


def enter_fresh() -> None:
    """Move the calling thread into a new namespace with lo up, as a pod gets.

    It exists while the thread does. May raise OSError.
    """
    # By ctypes: pyroute2 unshares only in a child, and os.unshare is of 3.12.
    if _libc().unshare(_CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    raise_loopback()


def raise_loopback() -> None:
    """Bring up lo in the calling thread's namespace; may raise OSError."""
    from pyroute2 import IPRoute, NetlinkError

    try:
        # No netns option: that opens the socket in a child. This thread is there.
        with IPRoute() as routes:
            routes.link("set", index=_LOOPBACK, state="up")
    except NetlinkError as error:
        raise OSError(error.code, os.strerror(error.code)) from error


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
