"""The kept inputs: tests/fuzz/corpus/TARGET/*, the failing ones as crash-*."""

import hashlib
from pathlib import Path

_FOLDER = Path(__file__).with_name("corpus")


def paths(target: str) -> list[Path]:
    """Return the files of *target*, by name."""
    return sorted(path for path in (_FOLDER / target).iterdir() if path.is_file())


def keep(target: str, data: bytes) -> Path:
    """Write a failing input beside the others; its name tells its content."""
    digest = hashlib.sha256(data).hexdigest()[:12]
    path = _FOLDER / target / f"crash-{digest}"
    path.write_bytes(data)
    return path
