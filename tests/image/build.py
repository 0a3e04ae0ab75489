"""The image of this checkout, built once for all tests that run it.

`rootfs()` is its file system as a folder, `config()` how it is to be run. Both may
be asked by several processes at once: the first builds, the others wait.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.image import base, wheels
from tests.image.layout import Layout
from tests.image.storage import Storage
from tests.vm.lock import held
from tests.vm.tools import ToolError, sources

PROJECT = Path(__file__).parents[2]
CACHE = PROJECT / ".cache" / "image"
IMAGE = "localhost/sctp-node-agent:tested"

_INPUTS = (
    "Containerfile",
    ".containerignore",
    "LICENSE",
    "pyproject.toml",
    "agent",
    "docs/runbooks",
    "requirements/sbom.py",
)
_KEPT = 2
"""Builds that stay, for another process may still run the one before."""


def rootfs() -> Path:
    """Return the image's whole file system as a folder; nobody may write to it."""
    return _built() / "rootfs"


def config() -> Mapping[str, Any]:
    """Return the image's `config`: Entrypoint, Cmd, Env, User, WorkingDir, Labels."""
    settings: Mapping[str, Any] = layout().config()["config"]
    return settings


def layout() -> Layout:
    """Return the image as it would be pushed."""
    return Layout(_built() / "oci")


@cache
def _built() -> Path:
    folder = CACHE / f"built-{_key()}"
    with held(CACHE / "lock"):
        if not folder.exists():
            unfinished = CACHE / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _build(unfinished / "oci")
            Layout(unfinished / "oci").unpack(unfinished / "rootfs")
            unfinished.rename(folder)
            _forget_old()
    return folder


def _build(exported: Path) -> None:
    storage = Storage(CACHE / "storage")
    bases = base.ensure(storage)
    packages = CACHE / "wheels"
    wheels.fetch(PROJECT, packages)
    settings = wheels.write_settings(CACHE / "pip.conf")
    _make(
        storage.environment(),
        BASE_IMAGE=bases.shipped,
        BUILD_IMAGE=bases.building,
        BUILDER="buildah",
        IMAGE=IMAGE,
        IMAGE_ARGS=f"--pull-never --secret id=pip.conf,src={settings} "
        f"--volume {packages}:{wheels.FOLDER}:ro",
    )
    exported.parent.mkdir(parents=True)
    storage.buildah("push", "--quiet", "--format=oci", IMAGE, f"oci:{exported}")
    for name in {*storage.names()} - {bases.shipped, bases.building}:
        storage.buildah("rmi", "--force", name)


def _make(environment: Mapping[str, str], **variables: str) -> None:
    settings = [f"{name}={value}" for name, value in variables.items()]
    done = subprocess.run(
        ["make", "--no-print-directory", "image", *settings],
        capture_output=True,
        check=False,
        cwd=PROJECT,
        env=environment,
        text=True,
        timeout=3600,
    )
    if done.returncode:
        raise ToolError(f"make image failed:\n{done.stdout[-4000:]}{done.stderr}")


def _key() -> str:
    digest = hashlib.sha256(repr(base.names()).encode())
    for path in _input_files():
        digest.update(f"{path.relative_to(PROJECT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _input_files() -> Iterator[Path]:
    for name in (*_INPUTS, *wheels.LOCKS):
        path = PROJECT / name
        yield from [path] if path.is_file() else sources(path)


def _forget_old() -> None:
    builds = sorted(CACHE.glob("built-*"), key=lambda path: path.stat().st_mtime)
    for old in builds[:-_KEPT]:
        shutil.rmtree(old)
