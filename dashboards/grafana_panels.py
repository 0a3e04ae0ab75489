"""How Grafana draws each kind of panel: its type, options, units and colours."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboards.model import Colour, Kind, Meaning, Panel, Unit

Json = dict[str, Any]

UNITS: Mapping[Unit, str] = {
    Unit.COUNT: "short",
    Unit.SHARE: "percentunit",
    Unit.SECONDS: "s",
    Unit.RATE: "cps",
    Unit.MOMENT: "dateTimeAsLocal",
    Unit.CODE: "short",
}
_LATEST = {"calcs": ["lastNotNull"], "values": False, "fields": ""}
_TOOLTIP = {"mode": "multi", "sort": "none"}
_LEGEND = {
    "showLegend": True,
    "displayMode": "table",
    "placement": "bottom",
    "calcs": ["lastNotNull"],
}


def look(panel: Panel) -> Json:
    """Return the keys of *panel* that depend on its kind."""
    return _LOOKS[panel.kind](panel)


def _stat(panel: Panel) -> Json:
    (query,) = panel.queries
    steps = _steps(panel, query.colour or Colour.BLUE)
    options = {
        "graphMode": "none",
        "colorMode": "value",
        "justifyMode": "center",
        "textMode": "value",
        "orientation": "auto",
        "reduceOptions": _LATEST,
    }
    return _of("stat", options, _defaults(panel, steps))


def _series(panel: Panel) -> Json:
    stacked = panel.kind is Kind.STACK
    custom = {
        "drawStyle": "line",
        "lineWidth": 1 if stacked else 2,
        "fillOpacity": 60 if stacked else 0,
        "showPoints": "never",
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
    }
    defaults = _defaults(panel, None) | {"min": 0, "custom": custom}
    if panel.unit is Unit.SHARE:
        defaults["max"] = 1
    overrides = [
        _override(
            query.legend,
            color={"mode": "fixed", "fixedColor": query.colour or Colour.GREY},
        )
        for query in panel.queries
    ]
    options = {"legend": _LEGEND, "tooltip": _TOOLTIP}
    return _of("timeseries", options, defaults, overrides)


def _timeline(panel: Panel) -> Json:
    options = {
        "showValue": "auto",
        "rowHeight": 0.9,
        "mergeValues": True,
        "alignValue": "left",
        "legend": {
            "showLegend": True,
            "displayMode": "list",
            "placement": "bottom",
            "calcs": [],
        },
        "tooltip": _TOOLTIP,
    }
    defaults = _defaults(panel, _steps(panel, Colour.GREY))
    return _of("state-timeline", options, defaults)


def _bars(panel: Panel) -> Json:
    (query,) = panel.queries
    options = {
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "text",
        "showUnfilled": True,
        "minVizWidth": 0,
        "minVizHeight": 10,
        "reduceOptions": _LATEST,
    }
    colour = {"mode": "fixed", "fixedColor": query.colour or Colour.BLUE}
    defaults = _defaults(panel, None) | {"min": 0, "color": colour}
    return _of("bargauge", options, defaults)


def _table(panel: Panel) -> Json:
    titles = {column.label: column.title for column in panel.columns}
    if panel.value:
        titles["Value"] = panel.value
    order = {name: at for at, name in enumerate(titles)}
    overrides = [
        _override(
            column.title, links=[{"title": column.title, "url": _url(column.link)}]
        )
        for column in panel.columns
        if column.link
    ]
    shaped = [
        {
            "id": "filterFieldsByName",
            "options": {"include": {"names": [*titles]}},
        },
        {
            "id": "organize",
            "options": {
                "excludeByName": {},
                "indexByName": order,
                "renameByName": titles,
            },
        },
    ]
    return _grid(panel, shaped, overrides)


def _matrix(panel: Panel) -> Json:
    row, column = (column.label for column in panel.columns)
    shaped = [
        {
            "id": "groupingToMatrix",
            "options": {"rowField": row, "columnField": column, "valueField": "Value"},
        }
    ]
    return _grid(panel, shaped, [])


def _grid(panel: Panel, shaped: list[Json], overrides: list[Json]) -> Json:
    drawn = "color-background" if panel.meanings else "auto"
    custom = {"align": "auto", "cellOptions": {"type": drawn}, "filterable": True}
    defaults = _defaults(panel, _steps(panel, Colour.BLUE) if panel.meanings else None)
    options = {
        "showHeader": True,
        "frameIndex": 0,
        "cellHeight": "sm",
        "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""},
    }
    look = _of("table", options, defaults | {"custom": custom}, overrides)
    return look | {"transformations": shaped}


_LOOKS: Mapping[Kind, Callable[[Panel], Json]] = {
    Kind.STAT: _stat,
    Kind.SERIES: _series,
    Kind.STACK: _series,
    Kind.BARS: _bars,
    Kind.TIMELINE: _timeline,
    Kind.TABLE: _table,
    Kind.MATRIX: _matrix,
}


def _of(
    kind: str, options: Json, defaults: Json, overrides: list[Json] | None = None
) -> Json:
    config = {"defaults": defaults, "overrides": overrides or []}
    return {"type": kind, "options": options, "fieldConfig": config}


def _defaults(panel: Panel, steps: list[Json] | None) -> Json:
    found: Json = {"unit": UNITS[panel.unit], "noValue": "no data"}
    if panel.unit is Unit.COUNT:
        found["decimals"] = 0
    if panel.meanings:
        found["mappings"] = [_mapping(panel.meanings)]
    if panel.unit is Unit.MOMENT:
        nothing = {"match": "nan", "result": {"text": "-", "index": 0}}
        found["mappings"] = [{"type": "special", "options": nothing}]
    if steps:
        found["color"] = {"mode": "thresholds"}
        found["thresholds"] = {"mode": "absolute", "steps": steps}
    return found


def _steps(panel: Panel, good: Colour) -> list[Json]:
    steps: list[Json] = [{"color": good, "value": None}]
    if panel.bad is not None:
        steps.append({"color": Colour.VERMILLION, "value": panel.bad})
    return steps


def _mapping(meanings: tuple[Meaning, ...]) -> Json:
    options = {
        str(one.value): {"text": one.text, "color": one.colour, "index": at}
        for at, one in enumerate(meanings)
    }
    return {"type": "value", "options": options}


def _override(title: str, **properties: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "matcher": {"id": "byName", "options": title},
        "properties": [
            {"id": name, "value": value} for name, value in properties.items()
        ],
    }


def _url(link: str) -> str:
    return link.replace("{value}", "${__value.raw}")
