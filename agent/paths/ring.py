"""Where keys stand on a ring, and which ones follow: arithmetic without state."""

import hashlib
import heapq
from collections.abc import Iterable

SIZE = 1 << 64
"""Places on the ring."""


def position(key: str) -> int:
    """Return the place of *key*, the same on every node and in every version."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big")


def successors(own: str, keys: Iterable[str], count: int) -> tuple[str, ...]:
    """Return the *count* keys that follow *own* on the ring, nearest first.

    *own* is never among them. If all nodes know the same keys, each key follows
    exactly *count* others, and a key that comes or goes changes the successors of
    the *count* before it, by one each.
    """
    start = position(own)

    def distance(key: str) -> tuple[int, str]:
        return (position(key) - start) % SIZE, key

    return tuple(
        heapq.nsmallest(count, (key for key in keys if key != own), key=distance)
    )


def next_after(place: int, keys: Iterable[str]) -> str:
    """Return the key that follows a *place* on the ring, and does not stand on it.

    >>> next_after(position("node-a"), ["node-a", "node-b"])
    'node-b'
    """
    return min(keys, key=lambda key: (position(key) - place - 1) % SIZE)


def phase(*parts: str) -> float:
    """Return a number from 0 up to 1 that depends on *parts* alone.

    >>> phase("node-a", "192.0.2.1") == phase("node-a", "192.0.2.1")
    True
    """
    return position("\0".join(parts)) / SIZE
