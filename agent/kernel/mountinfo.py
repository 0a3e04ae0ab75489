"""Which file systems are in memory only, by the kernel's list of mounts. Pure.

Sources: proc_pid_mountinfo(5); the kernel's Documentation/filesystems/overlayfs.rst.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ESCAPE = re.compile(r"\\([0-7]{3})")
_POINT, _LEAST = 4, 9  # fields: the mount point; all that a line has at the least
_SEPARATOR = "-"  # follows a varying number of optional fields
_IN_MEMORY = frozenset({"tmpfs", "ramfs", "rootfs"})
_DEEPEST = 4  # overlays on overlays


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount: where, of which type; *upper* is where an overlay writes."""

    point: str
    type: str
    upper: str = ""


def parse(text: str) -> tuple[Mount, ...]:
    r"""Return the mounts in the order in which they were made.

    >>> parse("36 35 0:5 / /a\\040b rw - overlay o rw,lowerdir=/l,upperdir=/u\n")
    (Mount(point='/a b', type='overlay', upper='/u'),)
    """
    mounts = []
    for line in lines(text):
        if len(line) < _LEAST or _SEPARATOR not in line[_POINT:]:
            continue
        kind, _, options = (*_after_separator(line), "", "", "")[:3]
        words = dict(option.partition("=")[::2] for option in options.split(","))
        mounts.append(Mount(point(line), kind, _plain(words.get("upperdir", ""))))
    return tuple(mounts)


def lines(text: str) -> list[list[str]]:
    r"""Return the fields of each line that is long enough to have a mount point.

    The kernel escapes no other end of a line than the newline.

    >>> lines("1 0 8:1 / /a\vb rw\n")
    [['1', '0', '8:1', '/', '/a\x0bb', 'rw']]
    """
    split = (line.split(" ") for line in text.split("\n"))
    return [fields for fields in split if len(fields) > _POINT]


def point(fields: Sequence[str]) -> str:
    """Return where it is mounted."""
    return _plain(fields[_POINT])


def type_of(fields: Sequence[str]) -> str | None:
    """Return the type of the file system, None where the line has none."""
    has_any = _SEPARATOR in fields[_POINT:]
    return _after_separator(fields)[0] if has_any else None


def _after_separator(fields: Sequence[str]) -> Sequence[str]:
    return fields[fields.index(_SEPARATOR, _POINT) + 1 :]


def mount_in_memory(mounts: Sequence[Mount], path: str) -> Mount | None:
    """Return the mount that *path* is on, if what is written there is in memory."""
    first = _mount_of(mounts, path)
    mount, depth = first, 0
    while mount and mount.upper and depth < _DEEPEST:
        mount, depth = _mount_of(mounts, mount.upper), depth + 1
    return first if mount and mount.type in _IN_MEMORY else None


def _mount_of(mounts: Sequence[Mount], path: str) -> Mount | None:
    """Return the mount of the longest point; of two at one point the later."""
    here = [m for m in mounts if f"{path}/".startswith(f"{m.point.rstrip('/')}/")]
    # Of equals max returns the first, which is the later mount.
    return max(reversed(here), key=lambda mount: len(mount.point), default=None)


def _plain(field: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), field)
