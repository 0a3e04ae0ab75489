"""The guest's user space, taken from this machine: Python, kmod, systemd, busybox.

Laid out as Debian 12 does it, with /bin, /sbin and /lib merged into /usr.
"""

import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from ctypes.util import find_library
from importlib import metadata
from pathlib import Path

from tests.vm.cpio import Tree
from tests.vm.tools import find, run

LIBRARIES = "usr/lib/x86_64-linux-gnu"
SITE = "opt/site"
SYSTEMD = ("systemd-modules-load", "systemd-sysctl")
KMOD = ("depmod", "insmod", "lsmod", "modinfo", "modprobe", "rmmod")
BUSYBOX = (
    *("ash", "cat", "chmod", "cp", "dmesg", "echo", "env", "false", "hostname"),
    *("kill", "ls", "mkdir", "mount", "mv", "ps", "rm", "sh", "sleep", "sync"),
    *("true", "umount", "uname"),
)
NOT_NEEDED = frozenset(
    {"__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib"}
    | {"lib2to3", "tkinter", "turtledemo", "ensurepip", "distutils", "pydoc_data"}
    | {"venv", "curses", "dbm"}
)
NOT_NEEDED_EXTENSIONS = ("_test", "xx", "_tk", "_curses", "_dbm", "_gdbm")
PLUGINS = {"xtables-nft-multi": (Path("/usr/lib/x86_64-linux-gnu/xtables"),)}
"""Folders of what a program loads at run time, which ldd does not tell."""

ETC = {
    "etc/os-release": (
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n'
        'VERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\n'
        "ID=debian\n"
    ),
    "etc/passwd": (
        "root:x:0:0:root:/root:/bin/sh\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
    ),
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/machine-id": "5c7b0132000000000000000000000132\n",
}


def system_tree(distributions: Iterable[str], extra: Iterable[str] = ()) -> Tree:
    """All but the kernel's modules and the agent itself, and these programs."""
    tree = Tree()
    _add_skeleton(tree)
    programs = [*_add_programs(tree), *_add_python(tree)]
    for name in extra:
        programs += _add_program(tree, name)
    programs += _add_distributions(tree, distributions)
    _add_libraries(tree, programs)
    return tree


def _add_skeleton(tree: Tree) -> None:
    for name in ("bin", "sbin", "lib", "lib64"):
        tree.directory(f"usr/{name}")
        tree.link(name, f"usr/{name}")
    for name in ("proc", "sys", "dev", "run", "root", "var/lib", "boot", "mnt"):
        tree.directory(name)
    for name in ("modprobe.d", "modules-load.d", "sysctl.d"):
        tree.directory(f"etc/{name}")
        tree.directory(f"usr/lib/{name}")
    tree.directory("tmp", mode=0o1777)
    tree.character_device("dev/console", 5, 1)
    for path, text in ETC.items():
        tree.file(path, text.encode())


def _add_programs(tree: Tree) -> Iterator[Path]:
    tree.file("usr/bin/busybox", find("busybox"), mode=0o755)
    for name in BUSYBOX:
        tree.link(f"usr/bin/{name}", "busybox")
    for name in KMOD:
        tree.link(f"usr/sbin/{name}", "../bin/kmod")
    places = {
        "usr/bin/kmod": find("kmod"),
        "usr/sbin/ip": find("ip"),
        **{f"usr/lib/systemd/{name}": Path("/lib/systemd", name) for name in SYSTEMD},
    }
    for path, source in places.items():
        tree.file(path, source.resolve(), mode=0o755)
        yield source.resolve()


def _add_program(tree: Tree, name: str) -> Iterator[Path]:
    """Add a program under its name, with the folder of plug-ins that it loads."""
    is_path = name.startswith("/")
    source = Path(name) if is_path else find(name).resolve()
    place = name.removeprefix("/") if is_path else f"usr/sbin/{name}"
    tree.file(place, source, mode=0o755)
    yield source
    for folder in PLUGINS.get(source.name, ()):
        for path in sorted(folder.glob("*.so")):
            tree.file(str(path.relative_to("/")), path, mode=0o755)
            yield path


def _add_python(tree: Tree) -> Iterator[Path]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    binary = Path(sys.executable).resolve()
    tree.file(f"usr/local/bin/{version}", binary, mode=0o755)
    tree.link("usr/local/bin/python3", version)
    yield binary
    # The C library loads it when a thread ends, which ldd does not tell.
    ending = find_library("gcc_s")
    if ending is not None:
        tree.file(f"{LIBRARIES}/{ending}", Path("/usr/lib/x86_64-linux-gnu", ending))
    library = Path(sysconfig.get_path("stdlib"))
    for path in _importable(library, library):
        tree.file(f"usr/local/lib/{version}/{path.relative_to(library)}", path)
        if path.suffix == ".so":
            yield path


def _importable(folder: Path, library: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in NOT_NEEDED:
            yield from _importable(path, library)
        elif path.suffix == ".py" or (
            path.suffix == ".so" and not path.name.startswith(NOT_NEEDED_EXTENSIONS)
        ):
            yield path


def _add_distributions(tree: Tree, names: Iterable[str]) -> Iterator[Path]:
    for name in sorted(_with_requirements(names)):
        for path in metadata.files(name) or ():
            if path.suffix == ".pyc" or path.parts[0] in {"..", "/"}:
                continue
            source = Path(str(path.locate()))
            tree.file(f"{SITE}/{path}", source)
            if path.suffix == ".so":
                yield source


def _with_requirements(names: Iterable[str]) -> set[str]:
    """Installed distributions that these need; those of extras are left out."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found or not _installed(name):
            continue
        found.add(name)
        wanted = metadata.requires(name) or ()
        waiting += [
            match[0]
            for line in wanted
            if "extra ==" not in line and (match := re.match(r"[\w.-]+", line))
        ]
    return found


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _add_libraries(tree: Tree, programs: Iterable[Path]) -> None:
    output = run(["ldd", *programs])
    for name, where in set(re.findall(r"^\s+(\S+) => (/\S+)", output, re.MULTILINE)):
        source = Path(where).resolve()
        folder = _library_folder(source)
        tree.file(f"{folder}/{source.name}", source, mode=0o755)
        if name != source.name:
            tree.link(f"{folder}/{name}", source.name)
    loader = re.search(r"^\s+(/\S*/ld-linux\S+) \(", output, re.MULTILINE)
    if loader is not None:
        name = Path(loader[1]).name
        tree.file(f"usr/lib64/{name}", Path(loader[1]).resolve(), mode=0o755)


def _library_folder(source: Path) -> str:
    """Keep the places of the system's libraries: versions are read from them."""
    if source.is_relative_to("/usr/lib"):
        return str(source.parent).removeprefix("/")
    return LIBRARIES
