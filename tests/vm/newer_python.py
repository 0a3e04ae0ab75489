"""Debian 13's Python with its C library, unpacked: another base than this machine's."""

import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.vm.cpio import Tree
from tests.vm.debian import Archive
from tests.vm.kernel import CACHE
from tests.vm.lock import held
from tests.vm.tools import run

SUITE = "trixie"
_KEPT = re.compile(r"usr/(s?bin|lib(64)?|share/zoneinfo)(/|$)|etc/(ssl|ld)")
_UNUSED = re.compile("pygments|markdown_it|mdurl", re.IGNORECASE)
_LEFT_OUT = re.compile(
    r"/(test|tests|idlelib|ensurepip|pydoc_data|turtledemo|__pycache__|gconv|perl.*)/"
    r"|\.a$|/systemd/|/locale/"
)


def folder(cache: Path = CACHE) -> Path:
    """Return a root file system with Python 3.13 (network the first time)."""
    root = cache / "roots" / SUITE
    with held(root.with_suffix(".lock")):
        if not root.exists():
            archive = Archive(SUITE, cache / "apt" / f"{SUITE}-python")
            archive.refresh()
            unfinished = root.with_suffix(".part")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            for package in archive.fetch(["python3-minimal", "libpython3-stdlib"]):
                run(["dpkg", "-x", package, unfinished])
            _prune(unfinished)
            unfinished.rename(root)
    return root


def _prune(root: Path) -> None:
    """Keep what Python and the C library are at run time."""
    for path in sorted(root.rglob("*"), reverse=True):
        name = str(path.relative_to(root))
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif not _KEPT.match(name) or _LEFT_OUT.search(f"/{name}"):
            path.unlink()
    for name in ("bin", "lib", "lib64", "sbin"):
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")


def tree(place: str, agent: Path) -> Tree:
    """Return that root at *place*, with the agent, what it needs, all compiled."""
    made = Tree()
    root = folder()
    with tempfile.TemporaryDirectory(prefix="sctp-vm-newer-") as name:
        laid = Path(name)
        shutil.copytree(root, laid, symlinks=True, dirs_exist_ok=True)
        shutil.copytree(
            agent, laid / "opt/agent/agent", ignore=shutil.ignore_patterns("*.pyc")
        )
        for wheel in _wheels(CACHE / "roots" / f"{SUITE}-wheels"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(laid / "opt/site")
        _compile(root, laid)
        for path in sorted(laid.rglob("*")):
            there = f"{place}/{path.relative_to(laid)}"
            if path.is_symlink():
                made.link(there, str(path.readlink()))
            elif path.is_dir():
                made.directory(there)
            else:
                mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                made.file(there, path.read_bytes(), mode=mode)
    return made


def _wheels(kept: Path) -> list[Path]:
    """Return the locked packages for that Python, without what is only for others."""
    lock = CACHE.parents[1] / "requirements" / "runtime.txt"
    tags = ("cp313", "abi3", "none")
    platforms = ("manylinux2014_x86_64", "manylinux_2_17_x86_64")
    run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes"),
            *("--only-binary=:all:", "--python-version=3.13", f"--dest={kept}"),
            *(f"--platform={name}" for name in (*platforms, "manylinux_2_28_x86_64")),
            *(f"--abi={tag}" for tag in tags),
            f"--requirement={lock}",
        ]
    )
    wanted = (path for path in kept.glob("*.whl") if not _UNUSED.match(path.name))
    return sorted(wanted)


def _compile(root: Path, laid: Path) -> None:
    """Make byte code with that Python, so that the slow guest need not."""
    libraries = root / "usr/lib/x86_64-linux-gnu"
    loader = root / "usr/lib64/ld-linux-x86-64.so.2"
    python: list[str | Path] = [
        loader,
        "--library-path",
        libraries,
        root / "usr/bin/python3.13",
    ]
    run(
        [
            *python,
            *("-S", "-m", "compileall", "-q", "-j", "1"),
            *("--invalidation-mode", "unchecked-hash", "-s", laid, "-p", "/", laid),
        ],
        environment={"PYTHONHOME": str(root / "usr")},
    )
