"""Writes the archive format that Linux unpacks as its first file system (newc)."""

import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

MAGIC = "070701"
TRAILER = "TRAILER!!!"
ALIGNMENT = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What one path holds: `content` is a file here, or the bytes themselves."""

    mode: int
    content: Path | bytes = b""
    device: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Tree:
    """A file system to be archived; all belongs to root, paths have no leading /."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def file(self, path: str, content: Path | bytes, *, mode: int = 0o644) -> None:
        """Add a regular file."""
        self._add(path, Entry(stat.S_IFREG | mode, content))

    def link(self, path: str, target: str) -> None:
        """Add a symbolic link."""
        self._add(path, Entry(stat.S_IFLNK | 0o777, target.encode()))

    def directory(self, path: str, *, mode: int = 0o755) -> None:
        """Add a directory."""
        self._add(path, Entry(stat.S_IFDIR | mode))

    def character_device(self, path: str, major: int, minor: int) -> None:
        """Add a device node."""
        self._add(path, Entry(stat.S_IFCHR | 0o600, device=(major, minor)))

    def write(self, stream: BinaryIO) -> None:
        """Write the archive: archives may follow each other in one file."""
        for number, (path, entry) in enumerate(self.entries.items(), start=1):
            _write_entry(stream, path, entry, number)
        _write_entry(stream, TRAILER, Entry(0), 0)

    def _add(self, path: str, entry: Entry) -> None:
        for parent in reversed(PurePosixPath(path).parents[:-1]):
            self.entries.setdefault(str(parent), Entry(stat.S_IFDIR | 0o755))
        self.entries[path] = entry


def _write_entry(stream: BinaryIO, path: str, entry: Entry, number: int) -> None:
    content = entry.content
    data = content.read_bytes() if isinstance(content, Path) else content
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    # Inode, mode, owner, group, links, time, size, device of the file system,
    # device of the node, length of the name, checksum (none in this format).
    numbers = (
        *(number, entry.mode, 0, 0, links, 0, len(data)),
        *(0, 0, *entry.device, len(name), 0),
    )
    header = MAGIC + "".join(f"{value:08x}" for value in numbers)
    _write_padded(stream, header.encode() + name)
    _write_padded(stream, data)


def _write_padded(stream: BinaryIO, data: bytes) -> None:
    stream.write(data)
    stream.write(bytes(-len(data) % ALIGNMENT))
