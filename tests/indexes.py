"""depmod's binary index format, written: what agent/kmod/index.py reads."""

import struct
from collections.abc import Mapping, Sequence
from itertools import takewhile

_MAGIC, _VERSION = 0xB007F457, 0x00020001
_HAS_PREFIX, _HAS_VALUES, _HAS_CHILDREN = 0x80000000, 0x40000000, 0x20000000


def encode(entries: Mapping[str, Sequence[str]], *, ranked: bool = True) -> bytes:
    """Return an index of *entries*, each key's values in order of priority.

    Not *ranked*, all have the same.
    """
    image = bytearray(12)
    order = [(key, value) for key, values in entries.items() for value in values]
    priorities = {pair: at * ranked for at, pair in enumerate(order)}
    root = _node(image, dict(entries), priorities, "") if entries else 0
    image[:12] = struct.pack(">III", _MAGIC, _VERSION, root)
    return bytes(image)


def _node(
    image: bytearray,
    below: dict[str, Sequence[str]],
    priorities: Mapping[tuple[str, str], int],
    path: str,
) -> int:
    """Append the node of the keys *below*, its children first; return its offset."""
    prefix = _common_start(min(below), max(below))
    values = below.pop(prefix, ())
    children = {}
    for label in {key[len(prefix)] for key in below}:
        start = len(prefix) + 1
        rest = {k[start:]: v for k, v in below.items() if k[start - 1] == label}
        deeper = f"{path}{prefix}{label}"
        children[ord(label)] = _node(image, rest, priorities, deeper)
    offset = len(image)
    if prefix:
        offset |= _HAS_PREFIX
        image += prefix.encode("latin-1") + b"\0"
    if children:
        offset |= _HAS_CHILDREN
        first, last = min(children), max(children)
        row = [children.get(code, 0) for code in range(first, last + 1)]
        image += struct.pack(f">BB{len(row)}I", first, last, *row)
    if values:
        offset |= _HAS_VALUES
        image += struct.pack(">I", len(values))
        for value in values:
            image += struct.pack(">I", priorities[path + prefix, value])
            image += value.encode("latin-1") + b"\0"
    return offset


def _common_start(first: str, last: str) -> str:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(char for char, _ in pairs)
