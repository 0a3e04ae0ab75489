"""A stand-in for the kernel's tracefs below a node's /sys/kernel/tracing.

The files are real; what the kernel does when a folder is made or removed there is
played here. The real kernel has its say in tests/vm/.
"""

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.hostfs import mounts, tracefs
from tests.mounted import mount_id

Put = Callable[[object, str, object], None]

REQUESTS, REFUSALS = "events/module/module_request", "events/avc/selinux_audited"
_FILES = (
    *("buffer_size_kb", "trace_clock", "buffer_percent", "options/stacktrace"),
    *(
        f"{event}/{name}"
        for event in (REQUESTS, REFUSALS)
        for name in ("filter", "enable")
    ),
    "events/enable",
)


@dataclass(slots=True)
class Kernel:
    """What it has below *place* of the node at *root*: *files* in each instance.

    *busy* is how many more attempts to remove an instance fail.
    """

    root: Path
    place: str = tracefs.PLACES[0]
    files: tuple[str, ...] = _FILES
    busy: int = 0
    made: int = 0
    _writers: list[int] = field(default_factory=list)

    @property
    def above(self) -> Path:
        """The folder of all instances."""
        return self.root / self.place.lstrip("/") / "instances"

    @property
    def instance(self) -> Path:
        """The agent's instance."""
        return self.above / tracefs.NAME

    def written(self) -> dict[str, str]:
        """Return what was written to the instance's files."""
        return {
            str(path.relative_to(self.instance)): path.read_text(encoding="utf-8")
            for path in self.instance.rglob("*")
            if path.is_file() and path.stat().st_size
        }

    def says(self, text: bytes) -> None:
        """Let the trace have more text."""
        os.write(self._writers[-1], text)

    def falls_silent(self) -> None:
        """Let the trace end, as when somebody else switches it off."""
        os.close(self._writers.pop())

    def make(self) -> None:
        """Make an instance, as a kernel does when its folder is made."""
        for name in self.files:
            path = self.instance / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        os.mkfifo(self.instance / "trace_pipe")
        reader = os.open(self.instance / "trace_pipe", os.O_RDONLY | os.O_NONBLOCK)
        self._writers.append(os.open(self.instance / "trace_pipe", os.O_WRONLY))
        os.close(reader)
        self.made += 1

    def remove(self) -> None:
        """Remove an instance, unless somebody reads it."""
        if self.busy:
            self.busy -= 1
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        if not self.instance.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        shutil.rmtree(self.instance)

    def close(self) -> None:
        """Close what is open."""
        while self._writers:
            self.falls_silent()


def play(kernel: Kernel, put: Put, kind: str = "tracefs") -> None:
    """Let *kernel* have its place, on a file system of that *kind*.

    *put* sets an attribute, as setattr does.
    """
    kernel.above.mkdir(parents=True, exist_ok=True)
    mountinfo = kernel.root.parent / "mountinfo"
    mountinfo.write_text(f"{mount_id(kernel.above)} 1 0:1 / / rw - {kind} s rw\n")
    make, remove = os.mkdir, os.rmdir

    def mkdir(path: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        make(path, mode, dir_fd=dir_fd)
        if path == tracefs.NAME:
            kernel.make()

    def rmdir(path: str, *, dir_fd: int | None = None) -> None:
        if path == tracefs.NAME:
            kernel.remove()
        else:
            remove(path, dir_fd=dir_fd)

    put(mounts, "_MOUNTS", str(mountinfo))
    put(os, "mkdir", mkdir)
    put(os, "rmdir", rmdir)
