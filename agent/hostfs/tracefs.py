"""A tracing instance of our own: the only thing here that changes the node's kernel.

It is made, set up, read and removed below `instances` of a mounted tracefs, where the
kernel keeps it apart from all other tracing (Documentation/trace/ftrace.rst, section
Instances). No other path is written to, and no other text than that below.
"""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from agent.hostfs import mounts
from agent.hostfs.errors import ABSENT, explain
from agent.hostfs.host import Host
from agent.hostfs.values import UnseenError

NAME = "sctp-node-agent"
PLACES = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
_TYPE = "tracefs"
_REQUESTS = "events/module/module_request"
_REFUSALS = "events/avc/selinux_audited"
#: KiB for each processor; mono is the clock of time.monotonic().
_SETTINGS = (
    ("buffer_size_kb", "32"),
    ("trace_clock", "mono"),
    (f"{_REQUESTS}/filter", 'name ~ "net-pf-*-proto-132*"'),
    (f"{_REQUESTS}/enable", "1"),
)
#: From Linux 5.0 on: be told of the first event, not when half the buffer is full.
_PROMPT = ("buffer_percent", "0")
#: The stack says which refused requests are those of sockets. 16 is module_request.
_SETTINGS_OF_REFUSALS = (
    ("options/stacktrace", "1"),
    (f"{_REFUSALS}/filter", 'tclass == "system" && requested == 16 && result != 0'),
    (f"{_REFUSALS}/enable", "1"),
)
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 1 << 16
_ATTEMPTS = 20  # to remove it while somebody else looks into it
_BETWEEN = 0.02  # seconds


class Trace:
    """What the instance records; *sees_refusals* if those of SELinux are in it."""

    def __init__(self, pipe: int, *, sees_refusals: bool) -> None:
        self._pipe = pipe
        self.sees_refusals = sees_refusals

    def fileno(self) -> int:
        """Return what can be polled."""
        return self._pipe

    def read(self) -> bytes:
        """Return what has been recorded, b"" for nothing yet; raise OSError.

        An end is an error: somebody else has switched the recording off.
        """
        try:
            data = os.read(self._pipe, _CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            raise UnseenError("trace_pipe", "the recording was switched off")
        return data


@contextmanager
def instance(host: Host, *, refusals: bool) -> Iterator[Trace]:
    """Make the instance, and remove it in the end; raise UnseenError, saying why not.

    What a killed agent has left is replaced. While another agent reads one, there is
    no second. With *refusals* it records those of SELinux too, where the kernel can.
    """
    with _instances(host) as (path, above), _removed_in_the_end(path, above):
        try:
            folder = os.open(NAME, _FOLDER, dir_fd=above)
            try:
                pipe, sees_refusals = _set_up(folder, refusals=refusals)
            finally:
                os.close(folder)
        except OSError as error:
            raise _unseen(f"{path}/{NAME}", error) from error
        try:
            yield Trace(pipe, sees_refusals=sees_refusals)
        finally:
            os.close(pipe)


@contextmanager
def _removed_in_the_end(path: str, above: int) -> Iterator[None]:
    try:
        _make(above)
    except OSError as error:
        raise _unseen(f"{path}/{NAME}", error) from error
    try:
        yield
    finally:
        _remove(above)


def _make(above: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(NAME, dir_fd=above)
        return
    os.rmdir(NAME, dir_fd=above)  # EBUSY while it is read
    os.mkdir(NAME, dir_fd=above)


def _remove(above: int) -> None:
    """Remove the instance; if others keep it open, at least let it record nothing."""
    for _ in range(_ATTEMPTS):
        try:
            os.rmdir(NAME, dir_fd=above)
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_BETWEEN)
        else:
            return
    with suppress(OSError):
        _write(above, f"{NAME}/events/enable", "0")


def _set_up(folder: int, *, refusals: bool) -> tuple[int, bool]:
    with suppress(FileNotFoundError):
        _write(folder, *_PROMPT)
    for name, text in _SETTINGS:
        _write(folder, name, text)
    if refusals:
        refusals = _record_refusals(folder)
    return os.open("trace_pipe", _READ, dir_fd=folder), refusals


def _record_refusals(folder: int) -> bool:
    """Tell whether the kernel (from Linux 5.10 on) records them now."""
    try:
        for name, text in _SETTINGS_OF_REFUSALS:
            _write(folder, name, text)
    except OSError:
        return False
    return True


def _write(folder: int, name: str, text: str) -> None:
    fd = os.open(name, _WRITE, dir_fd=folder)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


@contextmanager
def _instances(host: Host) -> Iterator[tuple[str, int]]:
    """Open the folder of all instances, at the first place that has one."""
    problems: list[str] = []
    for place in PLACES:
        try:
            fd = _open(host, place)
        except UnseenError as error:
            # The first place is the one that the error is about.
            problems.append(str(error) if problems else error.problem)
            continue
        try:
            yield f"{place}/instances", fd
        finally:
            os.close(fd)
        return
    raise UnseenError(PLACES[0], "; ".join(problems))


def _open(host: Host, place: str) -> int:
    path = f"{place}/instances"
    try:
        with host.folder(path) as fd:
            if mounts.file_system_of(fd) != _TYPE:
                raise UnseenError(place, f"no {_TYPE} is mounted there")
            if os.fstatvfs(fd).f_flag & os.ST_RDONLY:
                raise UnseenError(place, "is mounted read-only")
            return os.dup(fd)
    except ABSENT:
        raise UnseenError(place, _why_absent(host, place)) from None
    except ValueError as error:
        raise UnseenError(place, explain(error)) from error


def _why_absent(host: Host, place: str) -> str:
    """Say what it means that there is no folder of instances."""
    with suppress(OSError, ValueError), host.folder(place) as fd:
        if mounts.file_system_of(fd) == _TYPE:
            return "has no instances: the kernel is locked down, or lacks them"
    return f"no {_TYPE} is mounted there"


def _unseen(path: str, error: OSError) -> UnseenError:
    text = "another agent reads it" if error.errno == errno.EBUSY else explain(error)
    return UnseenError(path, text, error.errno or errno.EIO)
