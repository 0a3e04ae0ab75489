"""Which file systems are in memory only, by the kernel's list of mounts. Pure.

Sources: proc_pid_mountinfo(5); the kernel's Documentation/filesystems/overlayfs.rst.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ESCAPE = re.compile(r"\\([0-7]{3})")
_POINT, _LEAST = 4, 10  # fields: the mount point; all that a line has at the least
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
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) < _LEAST - 1 or "-" not in fields[_POINT:]:
            continue
        kind, _, options = (*fields[fields.index("-", _POINT) + 1 :], "", "", "")[:3]
        words = dict(option.partition("=")[::2] for option in options.split(","))
        point = _plain(fields[_POINT])
        mounts.append(Mount(point, kind, _plain(words.get("upperdir", ""))))
    return tuple(mounts)


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
