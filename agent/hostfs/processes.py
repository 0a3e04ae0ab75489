"""The node's processes by its /proc: opened once, one system call for each answer.

A process that ends while it is looked at is normal, and no error: what was asked of it
is absent. Every other error is one.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from agent.hostfs import descriptor
from agent.hostfs.errors import ABSENT, explain, tell_apart
from agent.hostfs.host import Host
from agent.hostfs.values import File, Presence, UnseenError

_PROC = "/proc/"

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
#: What is said of a process that has ended, at whatever call it was noticed.
GONE = (*ABSENT, ProcessLookupError)
_NO_PIDS = "there is no process in it"
#: The kernel's own PID namespace has this number (PROC_PID_INIT_INO, proc_ns.h).
_KERNELS_PIDS = "pid:[4026531836]"


class Processes:
    """The processes below an open /proc; *fd* stays the caller's."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def pids(self) -> tuple[tuple[int, int], ...]:
        """Return the ID of each process and the inode of its folder, by ID.

        Another process with the same ID has another inode. Raises UnseenError where
        there is no process.
        """
        with (
            tell_apart("/proc"),
            os.scandir(descriptor.name(self._fd)) as entries,
        ):
            pids = [(int(e.name), e.inode()) for e in entries if e.name.isdecimal()]
            if not pids:
                raise OSError(errno.ENODATA, _NO_PIDS)
        return tuple(sorted(pids))

    @property
    def has_other_ids(self) -> bool:
        """True where the kernel is known to number these processes otherwise.

        As on a node that is a container itself: then what the kernel calls 7 is not 7
        here, but another process or none.
        """
        try:
            return self.link(1, "ns/pid") not in {"", _KERNELS_PIDS}
        except UnseenError:
            return False

    def link(self, pid: int, name: str) -> str:
        """Return where the link *name* of a process points, "" where it is gone."""
        try:
            return os.readlink(f"{pid}/{name}", dir_fd=self._fd)
        except GONE:
            return ""
        except OSError as error:
            raise _unseen(pid, name, error) from error

    def names(self, pid: int, folder: str) -> tuple[str, ...]:
        """Return the names in a folder of a process, none where it is gone."""
        try:
            fd = os.open(f"{pid}/{folder}", os.O_PATH | os.O_CLOEXEC, dir_fd=self._fd)
            try:
                return tuple(os.listdir(descriptor.name(fd)))
            finally:
                os.close(fd)
        except GONE:
            return ()
        except OSError as error:
            raise _unseen(pid, folder, error) from error

    def read(self, pid: int, name: str, limit: int) -> File:
        """Read a file of a process, at most *limit* bytes."""
        path = f"{_PROC}{pid}/{name}"
        try:
            fd = os.open(path[len(_PROC) :], _READ, dir_fd=self._fd)
            try:
                data = descriptor.read_all(fd, limit)
            finally:
                os.close(fd)
        except GONE:
            return File(path, Presence.ABSENT)
        except OSError as error:
            return File(path, Presence.UNREADABLE, problem=explain(error))
        return File.of(path, data, limit)


@contextmanager
def processes_of(host: Host) -> Iterator[Processes]:
    """Open the node's processes; raise UnseenError where those are not here."""
    if host.of_init("") is None:
        raise UnseenError(_PROC, "process 1 is not that of the node")
    try:
        with host.folder(_PROC) as fd:
            yield Processes(fd)
    except ABSENT as error:
        raise UnseenError(_PROC, explain(error)) from error


def _unseen(pid: int, name: str, error: OSError) -> UnseenError:
    path, number = f"/proc/{pid}/{name}", error.errno or errno.EIO
    return UnseenError(path, explain(error), number)
