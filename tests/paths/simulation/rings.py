"""The ring of names at rest: coverage and churn at any size, by sorting once."""

import random
from collections import Counter
from collections.abc import Collection, Iterator

from agent.paths.ring import position, successors

Pairs = frozenset[tuple[str, str]]


def pairs(names: Collection[str], count: int) -> Pairs:
    """Return who watches whom when everybody knows all names."""
    ring = sorted(names, key=lambda name: (position(name), name))
    count = min(count, len(ring) - 1)
    return frozenset(
        (name, ring[(at + step) % len(ring)])
        for at, name in enumerate(ring)
        for step in range(1, count + 1)
    )


def agrees(names: Collection[str], found: Pairs, count: int, *, samples: int) -> bool:
    """Say whether the agent's own arithmetic comes to the same for some nodes."""
    chosen = random.Random(1).sample(sorted(names), samples)  # noqa: S311  # a sample
    followed: dict[str, set[str]] = {name: set() for name in chosen}
    for node, target in found:
        if node in followed:
            followed[node].add(target)
    return all(set(successors(n, names, count)) == followed[n] for n in chosen)


def watchers(found: Pairs) -> Counter[str]:
    """Return by how many others each node is watched."""
    return Counter(target for _, target in found)


def moved(before: Pairs, after: Pairs) -> int:
    """Return how many pairs are new: as many probes find a target they never had."""
    return len(after - before)


def names(count: int, *, prefix: str = "worker") -> Iterator[str]:
    """Yield names as clouds give them."""
    return (f"{prefix}-{number}.example.internal" for number in range(count))
