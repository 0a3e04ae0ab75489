"""The kubectl that renders: Debian's, unpacked once into .cache, not the machine's own.

A machine's own may be too old to know components, or missing.
"""

import shutil
from pathlib import Path

from tests.vm.debian import Archive
from tests.vm.lock import held
from tests.vm.tools import run

CACHE = Path(__file__).parents[2] / ".cache" / "kubectl"
SUITE = "trixie"
_SECONDS = 300.0


def program() -> Path:
    """Return kubectl: from the cache, else from the mirror (network)."""
    CACHE.mkdir(parents=True, exist_ok=True)
    found = CACHE / "kubectl"
    with held(CACHE / "lock"):
        if not found.exists():
            _fetch(found)
    return found


def kustomize(folder: Path) -> str:
    """Return what `kubectl kustomize` prints for *folder*."""
    return run([program(), "kustomize", folder], seconds=_SECONDS)


def _fetch(found: Path) -> None:
    archive = Archive(SUITE, CACHE / "apt")
    archive.refresh()
    unpacked = CACHE / "unpacked"
    archive.unpack("kubectl", into=unpacked)
    (unpacked / "usr" / "bin" / "kubectl").rename(found)
    shutil.rmtree(unpacked)
    shutil.rmtree(CACHE / "apt")
