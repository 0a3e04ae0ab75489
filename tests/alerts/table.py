"""The matrix as the table of docs/alerts.md."""

from collections.abc import Iterator
from pathlib import Path

from tests.alerts.fleets import Shape
from tests.alerts.matrix import MATRIX, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "alerts.md"
_BEGIN, _END = "<!-- matrix -->\n", "<!-- end of matrix -->\n"
_HEAD = """\
| done to the fleet | fleets | alerts, and about whom | fires within | ends within |
|---|---|---|---|---|
"""


def written(text: str) -> str:
    """Return *text* with the table between its marks."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError("docs/alerts.md has no place for the matrix")
    return before + begin + _HEAD + "".join(map(_line, MATRIX)) + end + after


def _fleets(shapes: tuple[Shape, ...]) -> Iterator[str]:
    """Name plain fleets by their sizes alone, the others by all that they are."""
    plain = [shape for shape in shapes if str(shape) == f"{shape.size} nodes"]
    if plain:
        *sizes, last = (str(shape.size) for shape in plain)
        yield f"{', '.join(sizes)} and {last} nodes" if sizes else f"{last} nodes"
    yield from (str(shape) for shape in shapes if shape not in plain)


def _line(row: Row) -> str:
    fleets = "; ".join(_fleets(row.shapes))
    wanted = row.wanted
    alerts = "<br>".join(f"{one.alert}: {one.whom}" for one in wanted) or "none"
    fires = "<br>".join(f"{one.fires:g} min" for one in wanted)
    ends = "<br>".join(f"{one.ends:g} min" for one in wanted)
    return f"| {row.done} | {fleets} | {alerts} | {fires} | {ends} |\n"
