"""Socket probes laid out as people compare them: namespaces by families and styles."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.findings import SocketResult
from agent.web.wording import word

_NAMESPACES = {"agent": "the agent's own", "host": "the host's", "pod": "a new pod's"}
_FAMILIES = ("ipv4", "ipv6")
_STYLES = ("one-to-one", "one-to-many")
COLUMNS = tuple((family, style) for family in _FAMILIES for style in _STYLES)


@dataclass(frozen=True, slots=True)
class Row:
    """The probes in one network namespace, one cell a column, None if there is none.

    *age* are the seconds since the oldest, 0 where all are of the evaluation shown.
    """

    name: str
    cells: tuple[SocketResult | None, ...]
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Matrix:
    """All probes; *troubles* are those that did not succeed."""

    rows: tuple[Row, ...]
    troubles: tuple[SocketResult, ...]
    families: tuple[str, ...] = _FAMILIES
    styles: tuple[str, ...] = _STYLES


def matrix(results: Iterable[SocketResult]) -> Matrix:
    """Lay out *results*; a later one of the same kind replaces an earlier one."""
    by_kind = {(r.netns, r.family, r.style): r for r in results}
    ages: dict[str, float] = {}
    for result in by_kind.values():
        ages[result.netns] = max(result.age, ages.get(result.netns, 0.0))
    rows = (
        Row(name, tuple(by_kind.get((netns, *c)) for c in COLUMNS), ages[netns])
        for netns, name in _NAMESPACES.items()
        if netns in ages
    )
    troubles = (result for result in by_kind.values() if not result.success)
    return Matrix(tuple(rows), tuple(troubles))


def describe(result: SocketResult) -> str:
    """Return which socket a probe was about, in words."""
    netns = _NAMESPACES.get(result.netns, result.netns)
    return f"{word(result.family)}, {result.style}, in {netns} network namespace"
