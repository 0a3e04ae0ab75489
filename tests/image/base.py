"""Base images made here from Debian packages, for no registry is within reach.

Two of one Python: the one that is shipped has nothing but Python, the one that
builds has pip as well.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.image.storage import Storage
from tests.vm.debian import Archive, machine_sources
from tests.vm.tools import ToolError, find, run

SUITE, PYTHON = "bookworm", "3.11"
_PIP = ("python3.11-venv", "python3-pip-whl", "python3-setuptools-whl")
_LEFT_OVER = ("var/cache/apt/archives", "var/lib/apt/lists", "var/log")


@dataclass(frozen=True, slots=True)
class Bases:
    """Names of the two images."""

    shipped: str
    building: str


def ensure(storage: Storage) -> Bases:
    """Make the base images if they are not there (network, root, a minute)."""
    bases = names()
    if storage.has(bases.building):
        return bases
    shipped = bases.shipped
    with _committed(storage, source="scratch", image=shipped) as tree:
        _bootstrap(tree)
    with _committed(storage, source=shipped, image=bases.building) as tree:
        _add_pip(tree, storage.folder / "apt")
    return bases


def names() -> Bases:
    """Names that change with the way the images are made."""
    key = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    return Bases(f"localhost/python:{key}", f"localhost/python-with-pip:{key}")


@contextmanager
def _committed(storage: Storage, *, source: str, image: str) -> Iterator[Path]:
    container = storage.buildah("from", "--pull-never", source)
    try:
        yield Path(storage.buildah("mount", container))
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        storage.buildah("config", "--env", path, container)
        storage.buildah("commit", "--quiet", container, image)
    finally:
        storage.buildah("rm", container)


def _bootstrap(tree: Path) -> None:
    program = find("debootstrap")
    options = ["--variant=minbase", "--include=python3"]
    run([program, *options, SUITE, tree, _mirror()])
    for folder in _LEFT_OVER:
        shutil.rmtree(tree / folder)
        (tree / folder).mkdir()


def _mirror() -> str:
    for source in machine_sources():
        if source.uri.rstrip("/").endswith("/debian"):
            return source.uri
    raise ToolError("this machine's package sources name no Debian mirror")


def _add_pip(tree: Path, folder: Path) -> None:
    archive = Archive(SUITE, folder)
    archive.refresh()
    for package in _PIP:
        archive.unpack(package, into=tree)
