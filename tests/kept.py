"""Texts that were read and approved, kept as files: --update-golden writes them."""

from collections.abc import Callable
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
#: Holds a text to what is kept of it: the fixture `keep`.
Keep = Callable[[str, Path], None]
