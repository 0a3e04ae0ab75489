"""What an open descriptor is asked, whoever has opened it."""

import os
import stat

from agent.hostfs.values import Kind

_CHUNK = 1 << 16


def read_all(fd: int, limit: int) -> bytes:
    """Return the content, at most one byte more than *limit*."""
    chunks = []
    budget = limit + 1
    while budget and (chunk := os.read(fd, min(budget, _CHUNK))):
        chunks.append(chunk)
        budget -= len(chunk)
    return b"".join(chunks)


def name(fd: int) -> str:
    """Return a path that leads to what is open, whatever has its own path now."""
    return f"/proc/self/fd/{fd}"


def is_null(status: os.stat_result) -> bool:
    """Tell whether this is the device that is always empty."""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == os.makedev(1, 3)


def kind(fd: int) -> Kind:
    """Say what is open."""
    status = os.fstat(fd)
    if stat.S_ISREG(status.st_mode):
        return Kind.FILE
    if stat.S_ISDIR(status.st_mode):
        return Kind.DIRECTORY
    return Kind.NULL if is_null(status) else Kind.SPECIAL
