"""A dashboard as the OpenShift console reads it: the panels of Grafana 5.

The console draws graph, singlestat, gauge, table and row, leaves out everything else
without a word, knows variables of the types query and interval, and takes one value
of each. It shows no descriptions and no links, and has no unit for moments or codes:
moments become ages, and the title of a graph says what its codes stand for.
"""

from collections.abc import Mapping
from typing import Any

from dashboards.model import (
    Column,
    Dashboard,
    Kind,
    Number,
    Panel,
    Query,
    Row,
    Unit,
    Variable,
)

Json = dict[str, Any]

UNITS: Mapping[Unit, str] = {
    Unit.COUNT: "short",
    Unit.SHARE: "percentunit",
    Unit.SECONDS: "s",
    Unit.RATE: "short",
    Unit.MOMENT: "s",
    Unit.CODE: "short",
}
_TYPES: Mapping[Kind, str] = {
    Kind.STAT: "singlestat",
    Kind.SERIES: "graph",
    Kind.TIMELINE: "graph",
    Kind.BARS: "table",
    Kind.TABLE: "table",
    Kind.MATRIX: "table",
    Kind.TEXT: "table",
}
_SCHEMA = 14
#: What the ages of moments are called.
_AGES = {"Since": "For", "Last denied": "Denied ago"}
#: The narrowest that the console draws, in its columns, twelve a line.
_NARROWEST = 3


def dashboard(shown: Dashboard) -> Json:
    """Return *shown* in the form that the console finds in a ConfigMap."""
    return {
        "title": shown.title,
        "uid": shown.name,
        "description": shown.description,
        "tags": ["sctp-node-agent"],
        "schemaVersion": _SCHEMA,
        "editable": False,
        "timezone": "browser",
        "time": {"from": f"now-{shown.span}", "to": "now"},
        "refresh": "1m",
        "templating": {
            "list": [
                _variable(one) for one in shown.variables if one.label != "cluster"
            ]
        },
        "annotations": {"list": []},
        "links": [],
        "rows": [_row(row, at) for at, row in enumerate(shown.rows)],
    }


def fill_in(expr: str) -> str:
    """Return *expr* with the matchers of the console's variables.

    A console is that of one cluster, whose series do not name it.
    """
    pools = 'pool=~"$pool"'
    nodes = f'{pools},node="$node"'
    return (
        expr.replace("NODES", nodes)
        .replace("POOLS", pools)
        .replace("CLUSTERS", 'job="sctp-node-agent"')
    )


def _row(row: Row, number: int) -> Json:
    return {
        "title": row.title,
        "showTitle": True,
        "titleSize": "h6",
        "collapse": False,
        "height": "250px",
        "panels": [
            _panel(panel, 100 * (number + 1) + at)
            for at, panel in enumerate(row.panels)
        ],
    }


def _panel(panel: Panel, number: int) -> Json:
    kind = _TYPES[panel.kind]
    form = {"graph": _graph, "singlestat": _singlestat, "table": _table}[kind]
    return {
        "id": number,
        "type": kind,
        "title": panel.title,
        "description": panel.description,
        "span": max(panel.width // 2, _NARROWEST),
        "targets": [
            _target(panel, query, chr(ord("A") + at))
            for at, query in enumerate(panel.queries)
        ],
        **form(panel),
    }


def _target(panel: Panel, query: Query, name: str) -> Json:
    expr = fill_in(query.expr)
    if panel.unit_of(panel.queries.index(query)) is Unit.MOMENT:
        expr = f"time() - ({expr})"
    return {
        "refId": name,
        "expr": expr,
        "legendFormat": query.legend,
        "format": "table" if _TYPES[panel.kind] == "table" else "time_series",
        "instant": _TYPES[panel.kind] != "graph",
    }


def _graph(panel: Panel) -> Json:
    unit = UNITS[panel.unit]
    meanings = ", ".join(f"{one.value} {one.text}" for one in panel.meanings)
    title = f"{panel.title} ({meanings})" if meanings else panel.title
    return {
        "title": title,
        "stack": False,
        "lines": True,
        "legend": {"show": True},
        "yaxes": [{"format": unit, "min": 0, "show": True}, {"show": False}],
        "xaxis": {"mode": "time", "show": True},
    }


def _singlestat(panel: Panel) -> Json:
    steps: list[Json] = [{"value": None, "color": "blue"}]
    if panel.bad is not None:
        steps.append({"value": panel.bad, "color": "orange"})
    aged = " (how long ago)" if panel.unit is Unit.MOMENT else ""
    return {
        "title": panel.title + aged,
        "format": UNITS[panel.unit],
        "decimals": 0,
        "valueName": "current",
        "options": {"fieldOptions": {"thresholds": steps}},
        "valueMaps": [
            {"op": "=", "value": str(one.value), "text": one.text}
            for one in panel.meanings
        ],
    }


def _table(panel: Panel) -> Json:
    several = len(panel.queries) > 1
    hidden = [{"pattern": "Time", "type": "hidden", "alias": ""}]
    labels = [_label(column) for column in panel.columns if not column.explained]
    numbers = [
        _number(number, f"Value #{chr(ord('A') + at)}" if several else "Value")
        for at, number in enumerate(panel.numbers)
    ]
    return {"transform": "table", "styles": [*hidden, *labels, *numbers]}


def _label(column: Column) -> Json:
    return {"pattern": column.label, "alias": column.title, "type": "string"}


def _number(number: Number, pattern: str) -> Json:
    return {
        "pattern": pattern,
        "alias": _AGES[number.title] if number.unit is Unit.MOMENT else number.title,
        "type": "number",
        "unit": UNITS[number.unit],
        "decimals": 0,
    }


def _variable(variable: Variable) -> Json:
    return {
        "type": "query",
        "name": variable.label,
        "label": variable.title,
        # The console looks for exactly this spelling, the blank included.
        "query": f"label_values({fill_in(variable.of)}, {variable.label})",
        "includeAll": not variable.single,
        "multi": False,
        "refresh": 2,
        "sort": 1,
        "hide": 0,
    }
