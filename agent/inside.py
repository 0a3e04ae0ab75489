"""Opening a path below a root as a process whose root it is would see it."""

import errno
import os
import stat

_MAX_LINKS = 40  # the kernel's own limit (MAXSYMLINKS)
_FLAGS = os.O_PATH | os.O_CLOEXEC


def open_path(root: str, path: str) -> int:
    """Open *path* below *root* as a process whose root it is would see it."""
    stack = [os.open(root, _FLAGS | os.O_DIRECTORY)]
    pending = path.split("/")[::-1]
    links = 0
    try:
        while pending:
            name = pending.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                if len(stack) > 1:
                    os.close(stack.pop())
                continue
            fd = os.open(name, _FLAGS | os.O_NOFOLLOW, dir_fd=stack[-1])
            if not stat.S_ISLNK(os.fstat(fd).st_mode):
                stack.append(fd)
                continue
            target = _read_link(fd)
            links += 1
            if links > _MAX_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            pending += target.split("/")[::-1]
            if target.startswith("/"):
                _close(stack[1:])
                del stack[1:]
        return stack.pop()
    finally:
        _close(stack)


def _read_link(fd: int) -> str:
    try:
        return os.readlink("", dir_fd=fd)
    finally:
        os.close(fd)


def _close(descriptors: list[int]) -> None:
    for fd in descriptors:
        os.close(fd)
