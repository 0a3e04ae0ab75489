"""The matrix as the table of docs/alerts.md."""

from pathlib import Path

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


def _line(row: Row) -> str:
    fleets = "; ".join(map(str, row.shapes))
    wanted = row.wanted
    alerts = "<br>".join(f"{one.alert}: {one.whom}" for one in wanted) or "none"
    fires = "<br>".join(f"{one.fires:g} min" for one in wanted)
    ends = "<br>".join(f"{one.ends:g} min" for one in wanted)
    return f"| {row.done} | {fleets} | {alerts} | {fires} | {ends} |\n"
