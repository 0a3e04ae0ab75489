"""One random node: its files, kernel arguments, loaded modules, and what is asked."""

import os
import shutil
import socket
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.oracle.kernels import TEXTS

KERNELS = "/x/modules"
"""Where all module trees lie in the node; /lib/modules leads there."""

_CLEARED = ("etc", "run", "usr", "lib", "opt", "proc", "sys", "dev")


class Kind(StrEnum):
    """What stands at a path."""

    FILE = "file"
    LINK = "link"
    FOLDER = "folder"
    SOCKET = "socket"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the file system; *data* is content, or a link's target."""

    path: str
    data: bytes = b""
    kind: Kind = Kind.FILE


class Mode(StrEnum):
    """How modprobe is asked; the value is its options."""

    PLAN = "-n -v"
    BLACKLIST = "-n -v -b"
    IGNORE_INSTALL = "-n -v -i"
    DEPENDS = "--show-depends"


@dataclass(frozen=True, slots=True)
class Request:
    """One name, with the bytes as characters, and how it is asked for."""

    mode: Mode
    name: str


@dataclass(frozen=True, slots=True)
class Node:
    """Everything that kmod or systemd can see of one machine."""

    entries: tuple[Entry, ...] = ()
    merged: bool = True
    release: str = ""
    arguments: bytes = b""
    loaded: tuple[str, ...] = ()
    requests: tuple[Request, ...] = field(default=())

    def write(self, root: Path) -> None:
        """Make *root* this node; what was there before goes, except /x."""
        for name in _CLEARED:
            path = root / name
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path, ignore_errors=True)
        for name in ("etc", "run", "usr/lib", "usr/local/lib", "opt", "proc", "dev"):
            (root / name).mkdir(parents=True)
        if self.merged:
            (root / "lib").symlink_to("usr/lib")
        else:
            (root / "lib").mkdir()
        (root / "lib/modules").symlink_to(KERNELS)
        (root / "dev/null").touch()
        (root / "etc/os-release").symlink_to("../usr/lib/os-release")
        (root / "usr/lib/os-release").write_text("ID=oracle\n")
        (root / "proc/cmdline").write_bytes(self.arguments + b"\n")
        for module in self.loaded:
            folder = root / "sys/module" / module
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "initstate").write_text("live\n")
        self._reset_texts(root)
        for entry in self.entries:
            _place(root, entry)

    def _reset_texts(self, root: Path) -> None:
        """Bring back what depmod wrote where no entry of this node stands."""
        place = f"{KERNELS}/{self.release}"
        taken = {entry.path for entry in self.entries}
        for name in TEXTS if self.release else ():
            path = root / f"{place}/{name}".lstrip("/")
            made = path.with_name(f"{name}.made")
            path.unlink(missing_ok=True)
            if f"{place}/{name}" not in taken and made.exists():
                shutil.copyfile(made, path)

    def shown(self) -> str:
        """Return everything in a form to read and to type again."""
        lines = [f"usr {'merged' if self.merged else 'split'}, {self.release}"]
        lines.append(f"arguments {self.arguments!r}, loaded {self.loaded}")
        lines += [f"{entry.kind} {entry.path} {entry.data!r}" for entry in self.entries]
        return "\n  ".join(lines)


def _place(root: Path, entry: Entry) -> None:
    path = root / entry.path.lstrip("/")
    if path.is_symlink() or path.exists() or not _reachable(root, path.parent):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    match entry.kind:
        case Kind.FILE:
            path.write_bytes(entry.data)
        case Kind.LINK:
            os.symlink(entry.data, os.fsencode(path))
        case Kind.FOLDER:
            path.mkdir()
        case Kind.SOCKET:
            _bind(path)


def _reachable(root: Path, folder: Path) -> bool:
    """Tell whether only folders lead there: a link might lead out of *root*."""
    while folder != root:
        if folder.is_symlink() and folder != root / "lib":
            return False
        if folder.exists() and not folder.is_dir():
            return False
        folder = folder.parent
    return True


def _bind(path: Path) -> None:
    folder = os.open(path.parent, os.O_PATH)
    try:  # through the descriptor: the address of a socket has to be short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.fsencode(f"/proc/self/fd/{folder}/{path.name}"))
    finally:
        os.close(folder)
