"""Names of nodes: in the order that people count in, and without what all share."""

import re
from collections.abc import Iterable

_DIGITS = re.compile("([0-9]+)")


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return what sorts numbers within names by their value.

    >>> sorted(("worker-10", "worker-9", "worker-1"), key=natural)
    ['worker-1', 'worker-9', 'worker-10']
    """
    parts = _DIGITS.split(name)
    parts[1::2] = [number.lstrip("0") for number in parts[1::2]]
    return tuple((len(part) if at % 2 else 0, part) for at, part in enumerate(parts))


def shared_domain(names: Iterable[str]) -> str:
    """Return the domain that all of several *names* end with, "" if there is none.

    >>> shared_domain(("ip-10-0-0-7.eu.internal", "ip-10-0-1-7.eu.internal"))
    '.eu.internal'
    >>> shared_domain(("10.0.0.1", "10.0.1.1"))
    ''
    """
    backwards = [name.split(".")[::-1] for name in {*names}]
    tail: list[str] = []
    if len(backwards) > 1:
        # The first part of a name is its own, even where it is called as the domain.
        for parts in zip(*(labels[:-1] for labels in backwards), strict=False):
            if len({*parts}) > 1:
                break
            tail.append(parts[0])
    while tail and not re.search("[A-Za-z]", tail[-1]):
        tail.pop()
    return "".join(f".{label}" for label in reversed(tail))
