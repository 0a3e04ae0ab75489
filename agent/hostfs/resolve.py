"""Opening a path below a root as a process whose root it is would see it."""

import errno
import os
import stat

from agent.hostfs.mounts import Mounts
from agent.hostfs.values import NotGivenError, UnseenError
from agent.hostfs.watches import Watches

_MAX_LINKS = 40  # the kernel's own limit (MAXSYMLINKS)
_KERNEL_FILES = {"proc", "sys"}  # which the kernel tells nothing about
_FLAGS = os.O_PATH | os.O_CLOEXEC
_FOLDER = _FLAGS | os.O_NOFOLLOW | os.O_DIRECTORY


def open_path(
    root: str,
    path: str,
    mounts: Mounts | None = None,
    watches: Watches | None = None,
    own_target: list[str] | None = None,
) -> int:
    """Open *path* below *root* as a process whose root it is would see it.

    Where something is missing, the error's filename is the path that the links
    lead to, as the node calls it. With *mounts* the walk ends where it leaves that.
    Without the root itself nothing is missing: nothing is known. What is looked up
    on the way is among *watches* before it is. If the path itself is a link,
    *own_target* gets where it points.
    """
    stack = [_open_root(root)]
    names: list[str] = []
    pending = path.split("/")[::-1]
    links = 0
    try:
        while pending:
            name = pending.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                if names:
                    names.pop()
                    os.close(stack.pop())
                continue
            if mounts:
                other = _elsewhere(mounts, [*names, name], pending)
                if other:
                    pending += other.split("/")[::-1]
                    _close(stack[1:])
                    del stack[1:], names[:]
                    continue
            fd, is_link = _step(stack[-1], names, name, pending, watches)
            if not is_link:
                stack.append(fd)
                names.append(name)
                continue
            target = _read_link(fd, None if pending else own_target)
            links += 1
            if links > _MAX_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            pending += target.split("/")[::-1]
            if target.startswith("/"):
                _close(stack[1:])
                del stack[1:], names[:]
        return stack.pop()
    finally:
        _close(stack)


def _open_root(root: str) -> int:
    try:
        return os.open(root, _FLAGS | os.O_DIRECTORY)
    except OSError as error:
        raise UnseenError(root, f"the root: {error.strerror}".lower()) from error


def _elsewhere(mounts: Mounts, names: list[str], pending: list[str]) -> str:
    """Return the other name that this path was given by, "" for its own."""
    path = "/" + "/".join(names)
    own_name = mounts.found_at(path)
    if not own_name:
        raise NotGivenError(os.path.normpath("/".join([path, *pending[::-1]])))
    return "" if own_name == path else own_name


def _step(
    folder: int,
    names: list[str],
    name: str,
    pending: list[str],
    watches: Watches | None,
) -> tuple[int, bool]:
    """Open *name* in the *folder* that *names* lead to; tell whether it is a link."""
    if watches and (names or name not in _KERNEL_FILES):
        watches.watch(folder, name)
    try:
        if pending:
            try:  # nearly always a folder, and then nothing else has to be asked
                return os.open(name, _FOLDER, dir_fd=folder), False
            except NotADirectoryError:
                pass
        fd = os.open(name, _FLAGS | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError as error:
        missing = os.path.normpath("/".join(["", *names, name, *pending[::-1]]))
        raise FileNotFoundError(error.errno, error.strerror, missing) from None
    mode = os.fstat(fd).st_mode
    if pending and not (stat.S_ISLNK(mode) or stat.S_ISDIR(mode)):
        # Nothing follows a file in a path, not even a slash.
        os.close(fd)
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
    return fd, stat.S_ISLNK(mode)


def _read_link(fd: int, own_target: list[str] | None) -> str:
    """Return where the link points; *own_target* gets it if it has none yet."""
    try:
        target = os.readlink("", dir_fd=fd)
    finally:
        os.close(fd)
    if own_target is not None and not own_target:
        own_target.append(target)
    return target


def _close(descriptors: list[int]) -> None:
    for fd in descriptors:
        os.close(fd)
