"""A dashboard as Grafana 10.1 and later reads it."""

from typing import Any

from dashboards.grafana_panels import look
from dashboards.layout import Place, places
from dashboards.model import Dashboard, Kind, Panel, Query, Row, Unit, Variable

Json = dict[str, Any]

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_SCHEMA = 38
_ONE_MOMENT = {Kind.STAT, Kind.BARS, Kind.TABLE, Kind.MATRIX}
_ROWS = {Kind.TABLE, Kind.MATRIX}


def dashboard(shown: Dashboard) -> Json:
    """Return *shown* in the form that is imported into Grafana."""
    panels = [
        _heading(part, place, number)
        if isinstance(part, Row)
        else _panel(part, place, number)
        for number, (part, place) in enumerate(places(shown.rows), 1)
    ]
    return {
        "uid": shown.name,
        "title": shown.title,
        "description": shown.description,
        "tags": ["sctp", "sctp-node-agent"],
        "schemaVersion": _SCHEMA,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "time": {"from": f"now-{shown.span}", "to": "now"},
        "refresh": "1m",
        "templating": {"list": [_source(), *map(_variable, shown.variables)]},
        "annotations": {"list": []},
        "links": [_link(*other) for other in shown.others.items()],
        "panels": panels,
    }


def fill_in(expr: str) -> str:
    """Return *expr* with the matchers of Grafana's variables."""
    clusters = 'cluster=~"$cluster"'
    pools = f'{clusters},pool=~"$pool"'
    nodes = f'{pools},node=~"$node"'
    return (
        expr.replace("NODES", nodes)
        .replace("POOLS", pools)
        .replace("CLUSTERS", clusters)
    )


def _panel(panel: Panel, place: Place, number: int) -> Json:
    return {
        "id": number,
        "title": panel.title,
        "description": panel.description,
        "datasource": _SOURCE,
        "gridPos": place.as_dict(),
        "targets": [
            _target(panel, query, chr(ord("A") + at))
            for at, query in enumerate(panel.queries)
        ],
        **look(panel),
    }


def _target(panel: Panel, query: Query, name: str) -> Json:
    expr = fill_in(query.expr)
    if panel.unit is Unit.MOMENT:
        expr = f"1000 * ({expr})"
    one_moment = panel.kind in _ONE_MOMENT
    return {
        "refId": name,
        "datasource": _SOURCE,
        "expr": expr,
        "legendFormat": query.legend,
        "instant": one_moment,
        "range": not one_moment,
        "format": "table" if panel.kind in _ROWS else "time_series",
    }


def _heading(row: Row, place: Place, number: int) -> Json:
    return {
        "id": number,
        "type": "row",
        "title": row.title,
        "collapsed": False,
        "gridPos": place.as_dict(),
        "panels": [],
    }


def _source() -> Json:
    return {
        "type": "datasource",
        "name": "datasource",
        "label": "Data source",
        "query": "prometheus",
        "refresh": 1,
        "hide": 0,
    }


def _variable(variable: Variable) -> Json:
    query = f"label_values({fill_in(variable.of)}, {variable.label})"
    return {
        "type": "query",
        "name": variable.label,
        "label": variable.title,
        "datasource": _SOURCE,
        "query": {"query": query, "refId": variable.label},
        "refresh": 2,  # whenever the time range changes
        "sort": 1,  # by the alphabet
        "multi": True,
        "includeAll": True,
        "allValue": ".*",  # also series that lack the label
        "hide": 0,
    }


def _link(name: str, title: str) -> Json:
    return {
        "type": "link",
        "title": title,
        "url": f"/d/{name}",
        "icon": "dashboard",
        "tooltip": title,
        "tags": [],
        "asDropdown": False,
        "targetBlank": False,
        "includeVars": True,
        "keepTime": True,
    }
