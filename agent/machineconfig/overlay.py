"""A node's files as they will be once the Machine Config daemon has written some."""

import errno
import os
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from agent.hostfs.host import CONFIG_LIMIT, Host
from agent.hostfs.values import File, Kind, Listing, Presence

#: A file's bytes, or None for a link to /dev/null.
Files = Mapping[str, bytes | None]


_NO_MODES: Mapping[str, int] = {}


class OverlayHost(Host):
    """The *files* over those of *base*, or over nothing.

    *links* are folders that are links, as /lib is one to /usr/lib; a base has its
    own. These files win, and their folders exist. *modes* are those of files that are
    no programs.
    """

    def __init__(
        self,
        files: Files,
        base: Host | None,
        links: Mapping[str, str],
        modes: Mapping[str, int] = _NO_MODES,
    ) -> None:
        super().__init__(base.root if base else "/", live=False)
        self._below = base
        self._links = links
        self._files = {self._place(path): data for path, data in files.items()}
        self._modes = {self._place(path): mode for path, mode in modes.items()}
        self._folders = _ancestors(self._files)

    def read(self, path: str, limit: int = CONFIG_LIMIT) -> File:
        """Read the file at *path*, at most *limit* bytes."""
        place = self._place(path)
        if place in self._files:
            return File.of(path, self._files[place] or b"", limit)
        return self._below.read(path, limit) if self._below else _nothing(path)

    def head(self, path: str, size: int) -> bytes:
        """Return the first *size* bytes of a file, b"" if there is none."""
        place = self._place(path)
        if place in self._files:
            return (self._files[place] or b"")[:size]
        return self._below.head(path, size) if self._below else b""

    def listdir(self, path: str) -> Listing:
        """List a folder, names in byte order."""
        listing = self._below.listdir(path) if self._below else None
        own = self._folders.get(self._place(f"{path}/."), frozenset())
        if listing is None or listing.presence == Presence.ABSENT:
            presence = Presence.PRESENT if own else Presence.ABSENT
            kind = Kind.DIRECTORY if own else Kind.NOTHING
            return Listing(path, presence, _in_byte_order(own), kind=kind)
        if not own or listing.unseen:
            return listing
        return Listing(path, Presence.PRESENT, _in_byte_order(own.union(listing.names)))

    def kind(self, path: str) -> Kind:
        """Say what *path* leads to."""
        place = self._place(path)
        if place in self._files:
            return Kind.NULL if self._files[place] is None else Kind.FILE
        kind = self._below.kind(path) if self._below else Kind.NOTHING
        if kind == Kind.NOTHING and place in self._folders:
            return Kind.DIRECTORY
        return kind

    def link_target(self, path: str) -> str:
        """Return where the symbolic link at *path* itself points, "" if none."""
        place = self._place(path)
        if place in self._files:
            return "/dev/null" if self._files[place] is None else ""
        return self._below.link_target(path) if self._below else ""

    def real_path(self, path: str) -> str:
        """Return the node's path that *path* leads to, "" if it leads nowhere."""
        place = self._place(path)
        if place in self._files or place in self._folders:
            return place
        return self._below.real_path(path) if self._below else ""

    def mode(self, path: str) -> int | None:
        """Return the permission bits of what *path* leads to, None if unknown."""
        place = self._place(path)
        if place in self._files:
            return self._modes.get(place, 0o755)
        return self._below.mode(path) if self._below else None

    @contextmanager
    def open(self, path: str) -> Iterator[int]:
        """Open the file at *path* for reading; raise OSError otherwise."""
        data = self._files.get(self._place(path))
        if data is not None:
            fd = os.memfd_create(posixpath.basename(path))
            try:
                os.pwrite(fd, data, 0)
                yield fd
            finally:
                os.close(fd)
        elif self._below:
            with self._below.open(path) as fd:
                yield fd
        else:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)

    def _place(self, path: str) -> str:
        """Return *path* with the links in its folders followed.

        The daemon puts its file in place of what has the name, even of a link.
        """
        folder, name = posixpath.split(path)
        if name in {"", "."}:
            return self._folder(folder.rstrip("/") or "/")
        return posixpath.join(self._folder(folder), name)

    def _folder(self, path: str) -> str:
        if self._below and (real := self._below.real_path(path)):
            return real
        if path == "/":
            return path
        parent, name = posixpath.split(path)
        whole = posixpath.join(self._folder(parent), name)
        return self._links.get(whole, whole)


def _ancestors(files: Files) -> dict[str, frozenset[str]]:
    """Return the names in each folder that the written files need."""
    folders: dict[str, frozenset[str]] = {}
    for path in files:
        below = path
        while below != "/":
            folder, name = posixpath.split(below)
            folders[folder] = folders.get(folder, frozenset()) | {name}
            below = folder
    return folders


def _in_byte_order(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=os.fsencode))


def _nothing(path: str) -> File:
    return File(path, Presence.ABSENT)
