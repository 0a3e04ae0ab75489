"""The node's file system under a root: bounded reads that never raise or hang."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from agent.hostfs import descriptor, resolve, transaction
from agent.hostfs.errors import ABSENT, OrNothing, explain, tell_apart
from agent.hostfs.mounts import Coverage, Mounts
from agent.hostfs.values import File, Kind, Listing, NotGivenError, Presence
from agent.hostfs.watches import Watches

CONFIG_LIMIT = 1 << 20
_NULL = "/dev/null"
_KERNEL_FILES = ("/proc/", "/sys/")
_OPEN_PATH = os.O_PATH | os.O_CLOEXEC


class Host:
    """Read-only view of one node's files; paths are those of the node.

    Symbolic links, absolute ones included, resolve inside *root*. Only regular
    files are opened, and for reading, but for `ask_selinux`. With *live*, the
    kernel's own files (/proc and /sys) are taken from the agent's file system where
    *root* has none mounted: it is the same kernel. With *mounts* only that is the
    node's; any other path is unreadable, not absent. *reading* names the path being
    read, for whoever waits for it. What is asked is among *watches* before it is read.

    An error is no answer. Of what could not be read or listed File and Listing say so;
    the other questions raise UnseenError.
    """

    def __init__(
        self,
        root: str,
        *,
        live: bool,
        mounts: Mounts | None = None,
        watches: Watches | None = None,
    ) -> None:
        self.root = os.path.abspath(root)
        self.live = live
        self.mounts = mounts
        self.watches = watches
        self.reading = ""
        self._kernel_files_inside: bool | None = None

    def read(self, path: str, limit: int = CONFIG_LIMIT) -> File:
        """Read the regular file at *path*, at most *limit* bytes."""
        try:
            with self.open(path) as fd:
                data = descriptor.read_all(fd, limit)
        except ABSENT:
            return File(path, Presence.ABSENT)
        except OSError as error:
            return File(path, Presence.UNREADABLE, problem=explain(error))
        return File.of(path, data, limit)

    def head(self, path: str, size: int) -> bytes:
        """Return the first *size* bytes of a regular file, b"" if there is none."""
        with OrNothing(), self.open(path) as fd:
            return os.read(fd, size)
        return b""

    def ask_selinux(self, question: bytes) -> File:
        """Return what the node's SELinux answers; nothing on the node changes."""
        path = transaction.ACCESS
        try:
            with self._at(path) as fd:
                answer = transaction.exchange(fd, question)
        except ABSENT:
            return File(path, Presence.ABSENT)
        except (OSError, ValueError) as error:
            return File(path, Presence.UNREADABLE, problem=explain(error))
        return File(path, Presence.PRESENT, answer)

    def listdir(self, path: str) -> Listing:
        """List a directory, names in byte order."""
        try:
            with self._at(path) as fd:
                if not stat.S_ISDIR(os.fstat(fd).st_mode):
                    return Listing(path, Presence.PRESENT, kind=descriptor.kind(fd))
                if self.mounts and self._where(fd) is Coverage.ABOVE:
                    raise NotGivenError(path)
                if self.watches and not path.startswith(_KERNEL_FILES):
                    self.watches.watch(fd, None)
                names = sorted(os.listdir(descriptor.name(fd)), key=os.fsencode)
        except ABSENT:
            return Listing(path, Presence.ABSENT, kind=Kind.NOTHING)
        except OSError as error:
            problem = explain(error)
            return Listing(path, Presence.UNREADABLE, (), problem, Kind.UNKNOWN)
        presence = Presence.PRESENT if names else Presence.EMPTY
        return Listing(path, presence, tuple(names))

    def kind(self, path: str) -> Kind:
        """Say what *path* leads to; UNKNOWN is what was not given."""
        target: list[str] = []
        try:
            with self._at(path.rstrip("/") or "/", target) as fd:
                return Kind.NULL if target == [_NULL] else descriptor.kind(fd)
        except OSError as error:
            # A mask counts by where it leads: an offline root has no devices.
            if target and _NULL in {error.filename, *target}:
                return Kind.NULL
            if isinstance(error, ABSENT):
                return Kind.DANGLING if target else Kind.NOTHING
            if isinstance(error, NotGivenError):
                return Kind.UNKNOWN
            raise

    def link_target(self, path: str) -> str:
        """Return where the symbolic link at *path* itself points, "" if none."""
        parent, name = os.path.split(path.rstrip("/"))
        with OrNothing(), self._at(parent or "/") as fd:
            return os.readlink(name, dir_fd=fd)
        return ""

    def real_path(self, path: str) -> str:
        """Return the node's path that *path* leads to, "" if it leads nowhere."""
        with OrNothing(), self._at(path) as fd:
            real = os.readlink(descriptor.name(fd))
            root = "" if self._base(path) == "/" else self._real_root()
            return real.removeprefix(root) or "/"
        return ""

    def mode(self, path: str) -> int | None:
        """Return the permission bits of what *path* leads to, None for nothing."""
        with OrNothing(), self._at(path) as fd:
            return stat.S_IMODE(os.fstat(fd).st_mode)
        return None

    def change_time(self, path: str) -> float | None:
        """Return when the file or folder that *path* leads to last changed (ctime)."""
        try:
            with self._at(path) as fd:
                status = os.fstat(fd)
        except OSError:
            return None
        has_content = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
        return status.st_ctime if has_content else None

    def gives(self, path: str) -> bool:
        """Tell whether *path*, or a part of it, was given to the agent."""
        return self.mounts is None or self.mounts.found_at(path) != ""

    def at(self, path: str) -> "Host":
        """Return the files below the node's *path*, as those of a system at rest."""
        mounts = self.mounts.below(path) if self.mounts else None
        root = self.root + path
        return Host(root, live=False, mounts=mounts, watches=self.watches)

    def of_init(self, path: str) -> str | None:
        """Return the path by which this process reaches *path* of the node's init.

        For the kernel's magic links (ns/net); it resolves nothing. None where
        process 1 is not the node's but that of a container.
        """
        base = self._base("/proc/1")
        return os.path.join(base, "proc/1", path) if base == self.root else None

    @contextmanager
    def open(self, path: str) -> Iterator[int]:
        """Open the regular file at *path* for reading; raise OSError otherwise."""
        with self._at(path) as fd:
            mode = os.fstat(fd).st_mode
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, "is a directory", path)
            if not stat.S_ISREG(mode):
                raise OSError(errno.EINVAL, "is not a regular file", path)
            # Through the path descriptor: what was looked at is what is opened.
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
            readable = os.open(descriptor.name(fd), flags)
            try:
                yield readable
            finally:
                os.close(readable)

    def folder(self, path: str) -> AbstractContextManager[int]:
        """Open the folder at *path*, for what is asked relative to it."""
        return self._at(path)

    def reader(
        self, path: str, until: ExitStack
    ) -> tuple[Callable[[int, int], bytes], os.stat_result]:
        """Open the regular file at *path* until *until* is closed; raise OSError.

        What is returned reads so many bytes at an offset. The status is of before that.
        """
        fd = until.enter_context(self.open(path))
        self.reading = ""
        status = os.fstat(fd)

        def read(offset: int, size: int) -> bytes:
            self.reading = path
            try:
                with tell_apart(path):
                    return os.pread(fd, size, offset)
            finally:
                self.reading = ""

        return read, status

    def _base(self, path: str) -> str:
        if not path.startswith(_KERNEL_FILES):
            return self.root
        if self.mounts:
            return self.root if self.gives(path) else "/"
        if self._kernel_files_inside is None:  # not before: the root may hang
            self._kernel_files_inside = self._has_kernel_files()
        return self.root if self._kernel_files_inside else "/"

    def _has_kernel_files(self) -> bool:
        if self.root == "/" or not self.live:
            return True
        path = os.path.join(self.root, "proc/version")
        with OrNothing(), tell_apart(path):
            os.stat(path)
            return True
        return False

    def _real_root(self) -> str:
        return os.path.realpath(self.root, strict=True)

    def _where(self, fd: int) -> Coverage:
        real = os.readlink(descriptor.name(fd)).removeprefix(self._real_root())
        return self.mounts.place(real) if self.mounts else Coverage.WITHIN

    @contextmanager
    def _at(self, path: str, own_target: list[str] | None = None) -> Iterator[int]:
        self.reading = path
        with tell_apart(path):
            base = self._base(path)
            if base == "/" and (not self.watches or path.startswith(_KERNEL_FILES)):
                if own_target is not None and (target := self.link_target(path)):
                    own_target.append(target)
                self.reading = path
                fd = os.open(path, _OPEN_PATH)
            else:
                around = self.mounts, self.watches
                fd = resolve.open_path(base, path, *around, own_target)
            try:
                yield fd
            finally:
                os.close(fd)
                self.reading = ""
