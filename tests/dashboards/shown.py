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
    """A panel: its queries with their units, whether they ask for one moment.

    *content* is its JSON.
    """

    title: str
    queries: tuple[str, ...]
    instant: bool
    units: tuple[Unit, ...]
    legends: tuple[str, ...]
    description: str
    content: Json = field(repr=False)


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
        """Yield all panels that ask for something."""
        if self.flavour == "grafana":
            left_out = {"row", "text"}
            found = (p for p in self.content["panels"] if p["type"] not in left_out)
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
    assert not re.search(r'"\$[^$12]', query), query
    return query


def _shown(panel: Json, flavour: str) -> Shown:
    targets = panel["targets"]
    units = _of_grafana(panel) if flavour == "grafana" else _of_console(panel)
    return Shown(
        title=panel["title"],
        queries=tuple(target["expr"] for target in targets),
        instant=targets[0]["instant"],
        units=tuple(units),
        legends=tuple(target["legendFormat"] for target in targets),
        description=panel["description"],
        content=panel,
    )


def _of_grafana(panel: Json) -> Iterator[Unit]:
    """Yield the unit of each query: its field's own, or that of all."""
    config = panel["fieldConfig"]
    titles = {
        key: title
        for transformation in panel.get("transformations", ())
        for key, title in transformation["options"].get("renameByName", {}).items()
    }
    own = {
        override["matcher"]["options"]: one["value"]
        for override in config["overrides"]
        for one in override["properties"]
        if one["id"] == "unit"
    }
    for target in panel["targets"]:
        title = titles.get(f"Value #{target['refId']}") or titles.get("Value", "")
        yield _GRAFANA_UNITS[own.get(title, config["defaults"]["unit"])]


def _of_console(panel: Json) -> Iterator[Unit]:
    count = len(panel["targets"])
    if panel["type"] == "graph":
        return iter([_CONSOLE_LINES[panel["yaxes"][0]["format"]]] * count)
    if panel["type"] == "singlestat":
        return iter([_CONSOLE_UNITS[panel["format"]]])
    units = [style["unit"] for style in panel["styles"] if style["type"] == "number"]
    return iter([_CONSOLE_UNITS[unit] for unit in units] or [Unit.COUNT] * count)
