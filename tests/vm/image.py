"""The guest's first and only file system, as one file that QEMU hands to the kernel.

Three archives in a row: user space, the kernel's modules, and the agent with the
guest program. The first two are kept in the cache as long as what they are made of
stays the same.
"""

import hashlib
import json
import os
import py_compile
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from tests.vm import newer_python
from tests.vm.cpio import Tree
from tests.vm.kernel import CACHE, Kernel
from tests.vm.lock import held
from tests.vm.module_tree import MODULES, module_tree
from tests.vm.system_tree import system_tree
from tests.vm.tools import run, sources

HERE = Path(__file__).parent
AGENT = HERE.parents[1] / "agent"
DISTRIBUTIONS = ("h11", "prometheus-client", "psutil", "pyroute2", "rich")
IMPORTED_BY_A_CHECK = """
import contextlib, io, sys
from agent.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["check", "--output", "json"])
print(*sys.modules)
"""
NEWER_PYTHON = "opt/newer-python"
PYTHON_ROOTS = ("usr/local/lib/", "opt/")
OLD = 3600.0
"""Seconds after which an archive that nobody asked for again is removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What goes into the guest besides its kernel.

    A program is a name, or a path that it has in the guest as well; *copied* are paths
    of files.
    """

    agent: Path = AGENT
    distributions: tuple[str, ...] = DISTRIBUTIONS
    modules: tuple[str, ...] = MODULES
    programs: tuple[str, ...] = ()
    newer_python: bool = False
    copied: tuple[str, ...] = ()


def build(
    kernel: Kernel, contents: Contents, *, cache: Path = CACHE
) -> tuple[Path, ...]:
    """Return the archives for that kernel; those not in the cache are made."""
    system = system_tree(contents.distributions, contents.programs)
    for path in contents.copied:
        system.file(path.removeprefix("/"), Path(path))
    agent = _agent_tree(contents)
    modules = _digest(
        [
            *(kernel.release, contents.modules, _stamp(HERE / "module_tree.py")),
            _stamp(kernel.modules / "modules.dep"),
        ]
    )
    return (
        _cached(cache, "system", _key(system), lambda: _compiled(system)),
        _cached(
            *(cache, f"modules-{kernel.name}", modules),
            lambda: module_tree(kernel, contents.modules),
        ),
        *([_newer(cache, contents, agent)] if contents.newer_python else []),
        _cached(cache, "agent", _key(agent), lambda: _compiled(agent)),
    )


def _newer(cache: Path, contents: Contents, agent: Tree) -> Path:
    """Return the archive of another Python with the agent and what it imports."""
    lock = HERE.parents[1] / "requirements" / "runtime.txt"
    key = _digest([_key(agent), _stamp(HERE / "newer_python.py"), _stamp(lock)])
    return _cached(
        *(cache, "newer-python", key),
        lambda: newer_python.tree(NEWER_PYTHON, contents.agent),
    )


def join(parts: Iterable[Path], target: Path) -> None:
    """Put the archives one after the other, as the boot loader wants them."""
    with target.open("wb") as stream:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, stream)


def _agent_tree(contents: Contents) -> Tree:
    tree = Tree()
    for path in sources(contents.agent):
        tree.file(f"opt/agent/{path.relative_to(contents.agent.parent)}", path)
    tree.directory("opt/agent")
    for path in sorted(HERE.glob("guest/*.py")):
        tree.file(f"opt/vm/tests/vm/guest/{path.name}", path)
    tree.file("opt/vm/preload.json", json.dumps(_preload(contents.agent)).encode())
    tree.file("init", HERE / "init.sh", mode=0o755)
    return tree


@cache
def _preload(agent: Path) -> Sequence[str]:
    """Name the modules that a check imports, to be imported once a boot, in its order.

    A check on this machine is asked, for many are imported where they are used.
    """
    places = (str(agent.parent), sysconfig.get_path("purelib"))
    names = run(
        [sys.executable, "-S", "-c", IMPORTED_BY_A_CHECK],
        environment={"PYTHONPATH": os.pathsep.join(places)},
    ).split()
    return [name for name in names if name != "__main__"]


def _compiled(tree: Tree) -> Tree:
    """Add byte code, so that the slow guest need not make it at every start."""
    with tempfile.TemporaryDirectory(prefix="sctp-vm-code-") as name:
        code = Path(name, "code")
        for path, entry in list(tree.entries.items()):
            if path.endswith(".py") and path.startswith(PYTHON_ROOTS):
                if not isinstance(entry.content, Path):
                    continue
                py_compile.compile(
                    str(entry.content),
                    cfile=str(code),
                    dfile=f"/{path}",
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )
                tree.file(cache_from_source(path, optimization=""), code.read_bytes())
    return tree


def _cached(cache: Path, name: str, key: str, make: Callable[[], Tree]) -> Path:
    """Write the archive unless it is there; forget those of long ago."""
    folder = cache / "images"
    path = folder / f"{name}.{key}.cpio"
    with held(folder / f"{name}.lock"):
        if not path.exists():
            unfinished = path.with_suffix(".part")
            with unfinished.open("wb") as stream:
                make().write(stream)
            unfinished.rename(path)
        os.utime(path)
    for old in folder.glob(f"{name}.*.cpio"):
        if old.stat().st_mtime < time.time() - OLD:
            old.unlink(missing_ok=True)
    return path


def _key(tree: Tree) -> str:
    """Identify a tree by its paths and by the stamps of the files it is made of."""
    return _digest(
        [path, entry.mode, *_content_key(entry.content)]
        for path, entry in sorted(tree.entries.items())
    )


def _content_key(content: Path | bytes) -> list[object]:
    return _stamp(content) if isinstance(content, Path) else [content.hex()]


def _stamp(path: Path) -> list[object]:
    status = path.stat()
    return [str(path), status.st_size, status.st_mtime_ns]


def _digest(content: object) -> str:
    text = json.dumps(content, default=list)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
