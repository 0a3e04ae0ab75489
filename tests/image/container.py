"""Runs the image as a runtime would, but for its network: in namespaces of its own.

The root file system is read-only, nothing on it is writable, the node is at /mnt,
and the program is process 1.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.image import build

NODE = "/mnt"
"""Where the node's files are; a folder that every base has."""

_ENTER = """
root=$1 node=$2 uid=$3
shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$node" "$root/mnt"
mount -o remount,bind,ro "$root/mnt"
mount -o remount,bind,ro "$root"
cd "$root"
exec chroot --userspec="$uid:$uid" --groups= "$root" "$@"
"""
_NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--propagation=private")


@dataclass(frozen=True, slots=True)
class Container:
    """The image with a node's files, to be run as the user `uid`."""

    node: Path
    uid: int

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the image's entry point with these arguments to its end."""
        entry = build.config()["Entrypoint"]
        return self.execute(*entry, *arguments)

    def execute(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run any program of the image to its end."""
        return subprocess.run(
            self._command(argv),
            capture_output=True,
            check=False,
            env=self._environment(),
            text=True,
            timeout=300,
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator["Running"]:
        """Start the entry point, and end it with the block."""
        argv = [*build.config()["Entrypoint"], *arguments]
        with subprocess.Popen(
            self._command(argv), env=self._environment(), stderr=subprocess.PIPE
        ) as process:
            try:
                yield Running(process)
            finally:
                process.kill()

    def _command(self, argv: Sequence[str]) -> Sequence[str]:
        enter = ["unshare", *_NAMESPACES, "sh", "-euc", _ENTER, "sh"]
        return [*enter, str(build.rootfs()), str(self.node), str(self.uid), *argv]

    def _environment(self) -> dict[str, str]:
        pairs = (setting.partition("=") for setting in build.config()["Env"])
        return {name: value for name, _, value in pairs}


@dataclass(frozen=True, slots=True)
class Running:
    """A started container."""

    process: subprocess.Popen[bytes]

    def terminate(self) -> int:
        """Tell process 1 of the container to end, and return its exit code."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
        os.kill(int(children), signal.SIGTERM)
        return self.process.wait(timeout=300)
