"""The real programs, started inside a node: kmod of two versions, and systemd."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.vm.debian import Archive
from tests.vm.lock import held
from tests.vm.tools import ToolError, find, run

CACHE = Path(__file__).parents[2] / ".cache" / "oracle"
NEWEST_SUITE = "forky"
_NEWEST_PACKAGES = (
    *("kmod", "libkmod2", "libc6", "libssl3t64", "liblzma5", "libzstd1", "zlib1g"),
)
MODULES_LOAD = Path("/lib/systemd/systemd-modules-load")
_ALONE = {
    "LC_ALL": "C",
    "PATH": os.environ["PATH"],
    "SYSTEMD_LOG_LEVEL": "debug",
    "SYSTEMD_LOG_TARGET": "console",
    "SYSTEMD_LOG_COLOR": "0",
}


@dataclass(frozen=True, slots=True)
class Program:
    """A program with its loader and libraries, all in *folder*."""

    name: str
    folder: Path

    @property
    def command(self) -> str:
        """How a shell inside the node starts it."""
        place = f"/x/{self.name}"
        return f"{place}/ld --library-path {place} --argv0 modprobe {place}/program"


Calls = Sequence[tuple[Program, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a program answered: exit status, output and complaints."""

    status: int
    output: bytes
    complaints: bytes


def own_kmod(cache: Path) -> Program:
    """Return this machine's kmod."""
    return _collected("kmod", find("kmod"), cache / "own-kmod")


def modules_load(cache: Path) -> Program:
    """Return this machine's systemd-modules-load."""
    return _collected("systemd", MODULES_LOAD, cache / "systemd")


def newest_kmod() -> Program:
    """Return the newest kmod of Debian: from the cache, else from the mirror."""
    folder = CACHE / "newest-kmod"
    with held(CACHE / "newest-kmod.lock"):
        if not (folder / "program").exists():
            _fetch(folder)
    return Program("newest", folder)


def version(program: Program) -> int:
    """Return the version of a kmod, without what follows the dot."""
    place = program.folder
    loader = (place / "ld", "--library-path", place, "--argv0", "modprobe")
    words = run((*loader, place / "program", "--version")).split()
    return int(words[2].partition(".")[0])


class Session:
    """A shell whose root is *root*, which starts programs in it one by one."""

    def __init__(self, root: Path, programs: Sequence[Program]) -> None:
        self._root = root
        self._answers = root / "x" / "answers"
        self._answers.mkdir(parents=True)
        shutil.copy(find("busybox"), root / "x" / "busybox")
        for program in programs:
            shutil.copytree(program.folder, root / "x" / program.name)
        # A user namespace does where one is not root, and nothing can be loaded.
        become_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        self._shell = subprocess.Popen(
            ["unshare", *become_root, f"--root={root}", "/x/busybox", "sh"],
            env=_ALONE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._shell.communicate(timeout=300)

    def start(self, calls: Calls, *, boot_arguments: str = "") -> None:
        """Start all *calls*, one after the other, without waiting for them.

        *boot_arguments* is what systemd takes for the kernel's command line.
        """
        script = [f"export SYSTEMD_PROC_CMDLINE={shlex.quote(boot_arguments)}\n"]
        for number, (program, arguments) in enumerate(calls):
            answer = f"/x/answers/{number}"
            words = " ".join(map(shlex.quote, arguments))
            script.append(
                f"{program.command} {words} </dev/null >{answer} 2>{answer}.err; "
                "echo $?\n"
            )
        stdin = self._shell.stdin
        if stdin is None:
            raise ToolError("the shell has no input")
        stdin.write("".join(script).encode("latin-1"))
        stdin.flush()

    def finish(self, count: int) -> list[Said]:
        """Wait for the *count* calls started and return what they said."""
        return [self._said(number) for number in range(count)]

    def _said(self, number: int) -> Said:
        stdout = self._shell.stdout
        line = stdout.readline() if stdout else b""
        if not line:
            raise ToolError(f"the shell in {self._root} has ended")
        answer = self._answers / str(number)
        complaints = answer.with_name(f"{number}.err")
        return Said(int(line), answer.read_bytes(), complaints.read_bytes())


def _collected(name: str, path: Path, folder: Path) -> Program:
    """Copy a program of this machine, its libraries and its loader."""
    folder.mkdir(parents=True)
    shutil.copy(path.resolve(), folder / "program")
    for line in run(["ldd", path]).splitlines():
        library = line.partition("=>")[2].split() or line.split()
        if library[0].startswith("/"):
            loader = "/ld-linux" in library[0]
            source = Path(library[0])
            shutil.copy(source, folder / ("ld" if loader else source.name))
    return Program(name, folder)


def _fetch(folder: Path) -> None:
    archive = Archive(NEWEST_SUITE, CACHE / "apt")
    archive.refresh()
    unpacked = CACHE / "unpacked"
    for package in _NEWEST_PACKAGES:
        archive.unpack(package, into=unpacked)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for library in unpacked.rglob("*.so*"):
        if library.parent.name.endswith("-linux-gnu"):
            shutil.copy(library, folder / library.name)
    next(iter(folder.glob("ld-linux*"))).rename(folder / "ld")
    shutil.copy(unpacked / "usr" / "bin" / "kmod", folder / "program")
    shutil.rmtree(unpacked)
