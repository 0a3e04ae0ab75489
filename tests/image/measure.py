"""Sizes of what the image adds to its base, measured and as documented, in kB."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.image.layout import Layout

COMPRESSED, UNPACKED = "the layer, compressed", "the layer, unpacked"
_ROW = re.compile(r"^\| ([^|]+) \| ([\d ]+) \|", re.MULTILINE)


def measured(layout: Layout, packages: str) -> Mapping[str, int]:
    """Return the size of each top-level module, and of the layer as a whole."""
    sizes: Counter[str] = Counter()
    for entry in layout.added():
        inside = entry.path.removeprefix(f"{packages}/")
        top = inside.split("/")[0]
        if inside != entry.path and not top.endswith(".dist-info"):
            sizes[f"`{top}`"] += entry.size
        elif entry.size:
            sizes["everything else"] += entry.size
    sizes[UNPACKED] = sizes.total()
    sizes[COMPRESSED] = layout.layers()[-1].stat().st_size
    return {name: round(size / 1000) for name, size in sizes.items()}


def documented(page: Path) -> Mapping[str, int]:
    """Return the rows of the page's table of sizes."""
    text = page.read_text(encoding="utf-8")
    return {name: int(size.replace(" ", "")) for name, size in _ROW.findall(text)}
