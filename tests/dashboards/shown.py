"""The panels as they ship, with the reader's choices filled in."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from dashboards.files import TOP
from dashboards.model import Unit

Json = dict[str, Any]
_GRAFANA_UNITS = {
    "short": Unit.COUNT,
    "percentunit": Unit.SHARE,
    "s": Unit.SECONDS,
    "cps": Unit.RATE,
    "dateTimeAsLocal": Unit.MOMENT,
}
_CONSOLE_UNITS = {
    "short": Unit.COUNT,
    "percentunit": Unit.SHARE,
    "s": Unit.SECONDS,
}
#: Graphs draw rates as plain numbers, too.
_CONSOLE_LINES = _CONSOLE_UNITS | {"short": Unit.RATE}
_COMPONENTS = TOP / "daemonset" / "components"


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel: its queries, whether they ask for one moment, its unit."""

    title: str
    queries: tuple[str, ...]
    instant: bool
    unit: Unit
    legends: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Board:
    """A shipped dashboard: its JSON and what drew it, *grafana* or *console*."""

    flavour: str
    name: str
    content: Json = field(repr=False)

    @property
    def id(self) -> str:
        """A phrase for a test's id."""
        return f"{self.flavour} {self.name}"

    def panels(self) -> Iterator[Shown]:
        """Yield all panels but headings."""
        if self.flavour == "grafana":
            found = (p for p in self.content["panels"] if p["type"] != "row")
        else:
            found = (p for row in self.content["rows"] for p in row["panels"])
        for panel in found:
            yield _shown(panel, self.flavour)

    def variables(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the query of each choice."""
        for one in self.content["templating"]["list"]:
            if one["type"] == "query":
                query = one["query"]
                yield one["name"], query["query"] if isinstance(query, dict) else query


def boards() -> tuple[Board, ...]:
    """Return all dashboards as they are in the checkout."""
    return tuple(_boards())


def _boards() -> Iterator[Board]:
    for name in ("sctp-fleet", "sctp-node"):
        file = TOP / "dashboards" / "grafana" / f"{name}.json"
        yield Board("grafana", name, json.loads(file.read_text()))
        resource = yaml.safe_load(
            (_COMPONENTS / "console-dashboards" / f"{name}.yaml").read_text()
        )
        first = next(iter(resource["data"].values()))
        yield Board("console", name, json.loads(first))


def filled(query: str, choices: Mapping[str, str]) -> str:
    """Return *query* as it is sent when the reader has made these *choices*."""
    built_in = {"__rate_interval": "5m", "__range": "1d"}
    for name, value in (built_in | dict(choices)).items():
        query = query.replace(f"${name}", value)
    assert not re.search(r'"\$', query.replace('"$1"', "")), query
    return query


def _shown(panel: Json, flavour: str) -> Shown:
    targets = panel["targets"]
    unit = _unit_of_grafana(panel) if flavour == "grafana" else _unit_of_console(panel)
    return Shown(
        title=panel["title"],
        queries=tuple(target["expr"] for target in targets),
        instant=targets[0]["instant"],
        unit=unit,
        legends=tuple(target["legendFormat"] for target in targets),
        description=panel["description"],
    )


def _unit_of_grafana(panel: Json) -> Unit:
    return _GRAFANA_UNITS[panel["fieldConfig"]["defaults"]["unit"]]


def _unit_of_console(panel: Json) -> Unit:
    if panel["type"] == "graph":
        return _CONSOLE_LINES[panel["yaxes"][0]["format"]]
    if panel["type"] == "singlestat":
        return _CONSOLE_UNITS[panel["format"]]
    units = [style["unit"] for style in panel["styles"] if style["type"] == "number"]
    return _CONSOLE_UNITS[units[0]] if units else Unit.COUNT
