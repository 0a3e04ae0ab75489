"""The kernel's inotify: three calls, and what it tells. It changes nothing on the node.

By ctypes, since Python has none of it. A watch is on a file system's node, not on a
path, keeps no file system from being unmounted, and ends with what it is on.
"""

import ctypes
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTENT = 0x8 | 0x4  # IN_CLOSE_WRITE, IN_ATTRIB: the file of that name is another
NAMES = 0x40 | 0x80 | 0x100 | 0x200  # IN_MOVED_FROM, …_TO, IN_CREATE, IN_DELETE
ITSELF = 0x400 | 0x800  # IN_DELETE_SELF, IN_MOVE_SELF
UNMOUNTED, OVERFLOW, ENDED = 0x2000, 0x4000, 0x8000  # IN_UNMOUNT, IN_Q_OVERFLOW, …
_ONLY_FOLDERS = 0x1000000  # IN_ONLYDIR
_EVENT = struct.Struct("iIII")  # watch, mask, cookie, length of the name


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to *name* in a watched folder, or to the folder itself."""

    watch: int
    mask: int
    name: bytes


def create() -> int:
    """Return a new descriptor to read events from; raise OSError."""
    return _check(_libc().inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK))


def add(descriptor: int, folder: int) -> int:
    """Watch the open *folder*, return the watch's number; raise OSError.

    It is the same number for a folder that is watched already.
    """
    path = f"/proc/self/fd/{folder}".encode()
    mask = CONTENT | NAMES | ITSELF | _ONLY_FOLDERS
    return _check(_libc().inotify_add_watch(descriptor, path, mask))


def remove(descriptor: int, watch: int) -> None:
    """Watch no more; one that has ended by itself is no error."""
    _libc().inotify_rm_watch(descriptor, watch)


def parse(data: bytes) -> Iterator[Event]:
    """Yield the events in what one reading of the descriptor returned."""
    offset = 0
    while offset < len(data):
        watch, mask, _, length = _EVENT.unpack_from(data, offset)
        offset += _EVENT.size
        name = data[offset : offset + length].rstrip(b"\0")
        offset += length
        yield Event(watch, mask, name)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
