"""How Grafana draws tables: columns, their order, links, units and colours."""

from typing import Any

from dashboards.grafana_fields import (
    UNITS,
    config,
    defaults,
    no_number,
    override,
    steps,
    words,
)
from dashboards.links import URLS
from dashboards.model import Column, Link, Number, Panel, Unit

Json = dict[str, Any]

#: What links need, and nobody wants to see.
_HIDDEN = ("node", "place")
_FILLED = {"type": "color-background", "mode": "basic"}
_FOOTER = {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""}


def table(panel: Panel) -> Json:
    """Return a table of labels and, for each query, a number."""
    several = len(panel.queries) > 1
    titles = {column.label: column.title for column in panel.columns}
    for at, number in enumerate(panel.numbers):
        name = f"Value #{chr(ord('A') + at)}" if several else "Value"
        titles[name] = number.title
    linked = any(column.link is Link.NODE for column in panel.columns)
    hidden = _HIDDEN if linked else ()
    shaped = [
        *([{"id": "merge", "options": {}}] if several else []),
        {
            "id": "filterFieldsByName",
            "options": {"include": {"names": [*titles, *hidden]}},
        },
        {
            "id": "organize",
            "options": {
                "excludeByName": {},
                "indexByName": {name: at for at, name in enumerate((*titles, *hidden))},
                "renameByName": titles,
            },
        },
    ]
    overrides = [
        *(found for column in panel.columns if (found := _column(column))),
        *(found for number in panel.numbers if (found := _number(number))),
        *(override(name, {"custom.hidden": True}) for name in hidden),
    ]
    return _grid(panel, shaped, overrides)


def matrix(panel: Panel) -> Json:
    """Return a table whose rows and columns are the values of two labels."""
    row, column = (column.label for column in panel.columns)
    options = {"rowField": row, "columnField": column, "valueField": "Value"}
    shaped: list[Json] = [{"id": "groupingToMatrix", "options": options}]
    return _grid(panel, shaped, [])


def _grid(panel: Panel, shaped: list[Json], overrides: list[Json]) -> Json:
    drawn = _FILLED if panel.meanings else {"type": "auto"}
    custom = {"align": "auto", "cellOptions": drawn, "filterable": True}
    fields = defaults(panel) | {
        "custom": custom,
        "color": {"mode": "thresholds"},
        "thresholds": steps(None),
    }
    sorting = [{"displayName": panel.latest, "desc": True}] if panel.latest else []
    options = {
        "showHeader": True,
        "frameIndex": 0,
        "cellHeight": "sm",
        "sortBy": sorting,
        "footer": _FOOTER,
    }
    return config("table", options, fields, overrides) | {"transformations": shaped}


def _column(column: Column) -> Json | None:
    properties: Json = {}
    if column.link:
        title, url = URLS[column.link]
        properties["links"] = [{"title": title, "url": url}]
    if column.meanings:
        properties["mappings"] = [words(column.meanings)]
        cell = {"type": "auto", "wrapText": True} if column.explained else _FILLED
        properties["custom.cellOptions"] = cell
    if column.explained:
        properties["custom.minWidth"] = 300
    return override(column.title, properties) if properties else None


def _number(number: Number) -> Json:
    properties: Json = {"mappings": [no_number()]}
    if number.unit is not Unit.COUNT:
        properties["unit"] = UNITS[number.unit]
    if number.bad is not None:
        properties["custom.cellOptions"] = _FILLED
        properties["thresholds"] = steps(None, number.bad, number.colour)
    return override(number.title, properties)
