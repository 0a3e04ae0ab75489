"""A dashboard as Grafana 10.1 and later reads it."""

from typing import Any

from dashboards.grafana_panels import look
from dashboards.layout import Place, places
from dashboards.links import DOCS
from dashboards.model import (
    Annotation,
    Colour,
    Dashboard,
    Kind,
    Link,
    Panel,
    Query,
    Row,
    Unit,
    Variable,
)

Json = dict[str, Any]

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_SCHEMA = 38
_ONE_MOMENT = {Kind.STAT, Kind.BARS, Kind.TABLE, Kind.MATRIX}
_ROWS = {Kind.TABLE, Kind.MATRIX}
#: The rules record once a minute: nothing is finer.
_FINEST = "1m"


def dashboard(shown: Dashboard, docs: str = DOCS) -> Json:
    """Return *shown* in the form that is imported; *docs* is where its links lead."""
    panels = [
        _heading(part, place, number)
        if isinstance(part, Row)
        else _panel(part, place, number)
        for number, (part, place) in enumerate(places(shown.rows), 1)
    ]
    variables = [_source(), *map(_variable, shown.variables), _constant("docs", docs)]
    if any(panel.kind is Kind.TEXT for row in shown.rows for panel in row.panels):
        variables.append(_reason())
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
        "templating": {"list": variables},
        "annotations": {"list": [*map(_annotation, shown.annotations)]},
        "links": [_link(*other) for other in shown.others.items()],
        "panels": panels,
    }


def fill_in(expr: str) -> str:
    """Return *expr* with the matchers of Grafana's variables."""
    clusters = 'cluster=~"$cluster"'
    pools = f'{clusters},pool=~"$pool"'
    nodes = f'{pools},node="$node"'
    return (
        expr.replace("NODES", nodes)
        .replace("POOLS", pools)
        .replace("CLUSTERS", clusters)
    )


def _panel(panel: Panel, place: Place, number: int) -> Json:
    found: Json = {
        "id": number,
        "title": panel.title,
        "description": panel.description,
        "gridPos": place.as_dict(),
        **look(panel),
    }
    if panel.kind is Kind.TEXT:
        return found
    if panel.kind not in _ONE_MOMENT:
        found["interval"] = _FINEST
    targets = [
        _target(panel, query, chr(ord("A") + at))
        for at, query in enumerate(panel.queries)
    ]
    return found | {"datasource": _SOURCE, "targets": targets}


def _target(panel: Panel, query: Query, name: str) -> Json:
    expr = fill_in(query.expr)
    if panel.unit_of(panel.queries.index(query)) is Unit.MOMENT:
        expr = f"1000 * ({expr})"
    if any(column.link is Link.NODE for column in panel.columns):
        expr = _with_place(expr)
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


def _with_place(expr: str) -> str:
    """Return *expr* with the label *place*, what a link chooses as the cluster.

    A row without a cluster stands for all: a link that names none would keep the
    other board's last choice.
    """
    expr = f'label_replace({expr}, "place", "$$__all", "cluster", "")'
    return f'label_replace({expr}, "place", "$1", "cluster", "(.+)")'


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
    found = _asked(
        variable.label,
        variable.title,
        f"label_values({fill_in(variable.of)}, {variable.label})",
    )
    if variable.single:
        return found | {"multi": False, "includeAll": False}
    every = {"includeAll": True, "allValue": ".*"}  # also series that lack the label
    return found | {"multi": not variable.narrow} | every


def _asked(name: str, title: str, query: str) -> Json:
    return {
        "type": "query",
        "name": name,
        "label": title,
        "datasource": _SOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,  # whenever the time range changes
        "sort": 7,  # by the alphabet, numbers in it by their value
        "hide": 0,
    }


def _reason() -> Json:
    """Return the hidden variable for the reason of the node's verdict."""
    query = f"query_result({fill_in('sctp_node_reason{NODES}')})"
    return _asked("reason", "Reason", query) | {
        "regex": '/reason="([^"]+)"/',
        "multi": False,
        "includeAll": False,
        "hide": 2,
    }


def _constant(name: str, value: str) -> Json:
    return {
        "type": "constant",
        "name": name,
        "label": "Documentation",
        "query": value,
        "hide": 2,
    }


def _annotation(annotation: Annotation) -> Json:
    return {
        "name": annotation.name,
        "datasource": _SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": Colour.GREY,
        "expr": fill_in(annotation.expr),
        "step": _FINEST,
        "titleFormat": annotation.name,
        "textFormat": annotation.text,
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
