"""What Grafana makes of a panel's JSON: words, colours, tables. It draws nothing."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.dashboards.server import Series
from tests.dashboards.shown import Json

NO_COLOUR = "transparent"
Value = float | str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown of one value; *filled* behind it, or as a line, is *colour*."""

    text: str
    colour: str = NO_COLOUR
    filled: bool = False
    value: Value = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Titles and rows as they stand."""

    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def properties(panel: Json, title: str) -> Json:
    """Return the properties of the field with this *title*, its own over all's."""
    config = panel["fieldConfig"]
    found = dict(config["defaults"])
    found |= {f"custom.{key}": one for key, one in found.pop("custom", {}).items()}
    for override in config["overrides"]:
        if override["matcher"]["options"] == title:
            found |= {one["id"]: one["value"] for one in override["properties"]}
    return found


def cell(panel: Json, title: str, value: Value) -> Cell:
    """Return how *value* is shown in the field with this *title*."""
    own = properties(panel, title)
    drawn = own.get("custom.cellOptions", {}).get("type", "")
    word = _word(own, value)
    if isinstance(value, str):
        text, colour = word.get("text", value), word.get("color", NO_COLOUR)
    else:
        text = word.get("text") or _written(value, own)
        colour = word.get("color") or _by_size(own, value)
    return Cell(text, colour, drawn == "color-background", value)


def table(panel: Json, found: Sequence[Sequence[Series]]) -> Table:
    """Return the table that the transformations of *panel* make of the answers."""
    steps = {one["id"]: one["options"] for one in panel["transformations"]}
    records = _merged(found) if len(found) > 1 else [*_records(found[0], "Value")]
    if "groupingToMatrix" in steps:
        return _matrix(panel, records, steps["groupingToMatrix"])
    renamed = steps["organize"]["renameByName"]
    names = [
        n for n in steps["organize"]["indexByName"] if any(n in r for r in records)
    ]
    titles = {name: renamed.get(name, name) for name in names}
    for order in panel["options"]["sortBy"]:
        records.sort(key=lambda r: _rank(r, titles, order), reverse=order["desc"])
    shown = [n for n in names if not properties(panel, titles[n]).get("custom.hidden")]
    rows = [[cell(panel, titles[n], r.get(n, "")) for n in shown] for r in records]
    return Table([titles[name] for name in shown], rows)


def _rank(record: Json, titles: Json, order: Json) -> float:
    value = next(
        record.get(n, 0) for n, t in titles.items() if t == order["displayName"]
    )
    return -math.inf if math.isnan(value) else float(value)


def _records(answer: Sequence[Series], value: str) -> Iterator[Json]:
    for one in answer:
        labels = {k: text for k, text in one.labels.items() if k != "__name__"}
        yield labels | {value: [*one.values.values()][-1]}


def _merged(found: Sequence[Sequence[Series]]) -> list[Json]:
    rows: dict[tuple[tuple[str, str], ...], Json] = {}
    for number, answer in enumerate(found):
        for one in answer:
            row = rows.setdefault(tuple(sorted(one.labels.items())), dict(one.labels))
            row[f"Value #{chr(ord('A') + number)}"] = [*one.values.values()][-1]
    return [*rows.values()]


def _matrix(panel: Json, records: Sequence[Json], options: Json) -> Table:
    row, column = options["rowField"], options["columnField"]
    across = [*dict.fromkeys(record.get(column, "") for record in records)]
    down = [*dict.fromkeys(record.get(row, "") for record in records)]
    values = {(r.get(row, ""), r.get(column, "")): r["Value"] for r in records}
    rows = [
        [
            Cell(name, value=name),
            *(
                cell(panel, to, values[name, to]) if (name, to) in values else Cell("")
                for to in across
            ),
        ]
        for name in down
    ]
    return Table([f"{row}\\{column}", *across], rows)


def legend(text: str, labels: Any) -> str:  # noqa: ANN401 - a mapping of labels
    """Return *text* with {{labels}} filled in."""
    for name, value in labels.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return " ".join(part for part in text.split() if not part.startswith("{{"))


def seen(panel: Json, found: Sequence[Sequence[Series]]) -> Iterator[Cell]:
    """Yield all that a reader sees in a panel, whatever its kind."""
    if panel["type"] == "table":
        yield from (one for row in table(panel, found).rows for one in row)
        return
    for target, answer in zip(panel["targets"], found, strict=True):
        for one in answer:
            title = legend(target["legendFormat"], one.labels)
            yield from (cell(panel, title, value) for value in one.values.values())


def _word(own: Json, value: Value) -> Json:
    key = value if isinstance(value, str) else f"{value:g}"
    for mapping in own.get("mappings", ()):
        options = mapping["options"]
        if mapping["type"] == "value" and key in options:
            return dict(options[key])
        if mapping["type"] == "special" and key == options["match"]:
            return dict(options["result"])
    return {}


def _by_size(own: Json, value: float) -> str:
    colour = own.get("color", {})
    if colour.get("mode") == "fixed":
        return str(colour["fixedColor"])
    chosen = NO_COLOUR
    for step in own.get("thresholds", {}).get("steps", ()):
        if step["value"] is None or value >= step["value"]:
            chosen = step["color"]
    return chosen


def _written(value: float, own: Json) -> str:
    match own["unit"]:
        case "percentunit":
            return f"{100 * value:.3g} %"
        case "dateTimeAsLocal":
            return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(value / 1000))
        case "s" if value < 1:
            return f"{1000 * value:.3g} ms"
        case "s":
            return f"{value:.3g} s"
        case "cps":
            return f"{value:.3g} /s"
        case _:
            return f"{value:,.10g}"
