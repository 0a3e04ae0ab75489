"""What of a node was mounted below the root, where that is not all of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from agent.kernel import mountinfo

NOT_GIVEN = "not given to the agent"
_MOUNTS = "/proc/self/mountinfo"
_LIMIT = 1 << 22  # a container has some dozen mounts
_MOUNT_ID = "mnt_id:"
_MERGED = ("lib", "lib64", "bin", "sbin")


class Coverage(Enum):
    """Where a path lies, seen from the mounts."""

    WITHIN = "on or below a mount"
    ABOVE = "on the way to a mount"
    ELSEWHERE = "not given"


@dataclass(frozen=True, slots=True)
class Mounts:
    """The node's paths that were mounted; what lies on or below them is the node's.

    A path above them is a folder that the container runtime made: it leads there
    and says nothing about the node.
    """

    mounts: tuple[str, ...]

    def place(self, path: str) -> Coverage:
        """Say where the node's *path* lies, by its letters: no link is followed."""
        path = path.rstrip("/")
        if any(f"{path}/".startswith(f"{mount}/") for mount in self.mounts):
            return Coverage.WITHIN
        above = any(mount.startswith(f"{path}/") for mount in self.mounts)
        return Coverage.ABOVE if above else Coverage.ELSEWHERE

    def found_at(self, path: str) -> str:
        """Return *path*, or its other name under merged /usr; "" if not given."""
        for name in (path, _other_name(path)):
            if name and self.place(name) is not Coverage.ELSEWHERE:
                return name
        return ""

    def below(self, path: str) -> "Mounts | None":
        """Return what is given of the tree at *path*, None where that is all."""
        if self.place(path) is Coverage.WITHIN:
            return None
        start = f"{path.rstrip('/')}/"
        inside = (mount for mount in self.mounts if mount.startswith(start))
        return Mounts(tuple(mount.removeprefix(start[:-1]) for mount in inside))


def mounted_below(root: str) -> Mounts:
    """Return what is mounted below *root* now; raise ValueError where that is odd.

    Raises OSError where the kernel does not tell.
    """
    return parse(_mounts(), os.path.realpath(root))


def file_system(mount_id: str) -> str:
    """Return the type of the file system that is mounted there, "" if it is gone.

    Raises OSError or ValueError where the kernel does not tell.
    """
    for fields in mountinfo.lines(_mounts()):
        kind = mountinfo.type_of(fields) if fields[0] == mount_id else None
        if kind is not None:
            return kind
    return ""


def file_system_of(fd: int) -> str:
    """Return the type of the file system, by the mount that *fd* was opened on.

    Raises OSError or ValueError where the kernel does not tell.
    """
    with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as file:
        fields = dict(line.split(None, 1) for line in file)
    return file_system(fields[_MOUNT_ID].strip())


def _mounts() -> str:
    with open(_MOUNTS, "rb") as file:
        data = file.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise ValueError(f"{_MOUNTS} is larger than {_LIMIT} bytes")
    return os.fsdecode(data)


def parse(text: str, root: str) -> Mounts:
    r"""Return what of *text*, the kernel's list of mounts, lies below *root*.

    >>> parse("36 35 98:0 /etc /host/etc/a\\040b ro - ext4 /dev/sda1 ro", "/host")
    Mounts(mounts=('/etc/a b',))
    """
    points = {_point(fields) for fields in mountinfo.lines(text)}
    if root in points:
        raise ValueError(f"{root} is itself a mount: all below it would be given")
    start = f"{root}/"
    below = sorted(p.removeprefix(root) for p in points if p.startswith(start))
    if not below:
        raise ValueError(f"nothing is mounted below {root}")
    return Mounts(tuple(below))


def _point(fields: Sequence[str]) -> str:
    return mountinfo.point(fields).rstrip("/") or "/"


def _other_name(path: str) -> str:
    """Return what *path* is called as well where /lib leads to /usr/lib."""
    parts = path.strip("/").split("/")
    if parts[0] in _MERGED:
        return f"/usr/{'/'.join(parts)}"
    if parts[0] == "usr" and parts[1:2] and parts[1] in _MERGED:
        return f"/{'/'.join(parts[1:])}"
    return ""
