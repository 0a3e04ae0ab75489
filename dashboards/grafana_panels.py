"""How Grafana draws each kind of panel: its type, options and colours."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboards.grafana_fields import config, defaults, override, steps
from dashboards.grafana_tables import matrix, table
from dashboards.model import BAD, Colour, Kind, Panel, Query, Unit

Json = dict[str, Any]

_LATEST = {"calcs": ["lastNotNull"], "values": False, "fields": ""}
_TOOLTIP = {"mode": "multi", "sort": "none"}
_LEGEND = {
    "showLegend": True,
    "displayMode": "table",
    "placement": "bottom",
    "calcs": ["lastNotNull"],
}
#: What is not 0 by rounding alone.
_ANY = 1e-9


def look(panel: Panel) -> Json:
    """Return the keys of *panel* that depend on its kind."""
    return _LOOKS[panel.kind](panel)


def _stat(panel: Panel) -> Json:
    filled = bool(panel.meanings) or panel.bad is not None
    options = {
        "graphMode": "none",
        "colorMode": "background_solid" if filled else "none",
        "justifyMode": "center",
        "textMode": "value",
        "orientation": "auto",
        "reduceOptions": _LATEST,
    }
    fields = defaults(panel) | {
        "color": {"mode": "thresholds"},
        "thresholds": steps(None, panel.bad, panel.colour),
    }
    return config("stat", options, fields)


def _series(panel: Panel) -> Json:
    custom = {
        "drawStyle": "line",
        "lineWidth": 2,
        "fillOpacity": 0,
        "showPoints": "never",
        "gradientMode": "none",
        "stacking": {"mode": "none", "group": "A"},
    }
    fields = defaults(panel) | {"min": 0, "custom": custom}
    if panel.unit is Unit.SHARE:
        fields["max"] = 1
    overrides = [override(query.legend, _line(query)) for query in panel.queries]
    options = {"legend": _LEGEND, "tooltip": _TOOLTIP}
    return config("timeseries", options, fields, overrides)


def _line(query: Query) -> Json:
    colour = query.colour or Colour.GREY
    if colour not in BAD:
        return {"color": {"mode": "fixed", "fixedColor": colour}}
    return {
        "color": {"mode": "thresholds"},
        "thresholds": steps(Colour.GREY, _ANY, colour),
        "custom.gradientMode": "scheme",
    }


def _timeline(panel: Panel) -> Json:
    options = {
        "showValue": "auto",
        "rowHeight": 0.9,
        "mergeValues": True,
        "alignValue": "left",
        "legend": {
            "showLegend": bool(panel.meanings) and panel.bad is None,
            "displayMode": "list",
            "placement": "bottom",
            "calcs": [],
        },
        "tooltip": _TOOLTIP,
    }
    fields = defaults(panel) | {
        "custom": {"fillOpacity": 100, "lineWidth": 0},
        "color": {"mode": "thresholds"},
        "thresholds": steps(Colour.GREY, panel.bad, panel.colour),
    }
    return config("state-timeline", options, fields)


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
    return config("bargauge", options, defaults(panel) | {"min": 0, "color": colour})


def _text(panel: Panel) -> Json:
    return {"type": "text", "options": {"mode": "markdown", "content": panel.text}}


_LOOKS: Mapping[Kind, Callable[[Panel], Json]] = {
    Kind.STAT: _stat,
    Kind.SERIES: _series,
    Kind.BARS: _bars,
    Kind.TIMELINE: _timeline,
    Kind.TABLE: table,
    Kind.MATRIX: matrix,
    Kind.TEXT: _text,
}
