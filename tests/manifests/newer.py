"""Programs of a newer Debian than this may be, unpacked once into .cache.

A machine's own may be too old, built without what is needed, or missing.
"""

import shutil
from pathlib import Path

from tests.vm.debian import Archive
from tests.vm.lock import held

_CACHE = Path(__file__).parents[2] / ".cache"
SUITE = "trixie"


def program(name: str) -> Path:
    """Return the program of the package *name*, from the mirror once (network)."""
    cache = _CACHE / name
    cache.mkdir(parents=True, exist_ok=True)
    found = cache / name
    with held(cache / "lock"):
        if not found.exists():
            _fetch(found)
    return found


def _fetch(found: Path) -> None:
    lists, unpacked = found.with_name("apt"), found.with_name("unpacked")
    archive = Archive(SUITE, lists)
    archive.refresh()
    archive.unpack(found.name, into=unpacked)
    (unpacked / "usr" / "bin" / found.name).rename(found)
    shutil.rmtree(unpacked)
    shutil.rmtree(lists)
