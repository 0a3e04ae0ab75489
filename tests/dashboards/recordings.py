"""What the rules would have recorded over made-up fleets, rule by rule.

A rule that reads what another one records comes after it, so there are as many rounds
as rules build on each other. Alerts leave the series that Prometheus makes of them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from daemonset.rules.render import SOURCES
from tests.dashboards.fleets import DAY, END, STEP
from tests.dashboards.server import Prometheus, Series, serving, store

Rule = dict[str, Any]
#: It reads itself, and no dashboard reads it.
_ITSELF = "node:sctp_node_ready_boot_time_seconds:last"
RULES: list[Rule] = [
    rule
    for source in SOURCES
    for group in yaml.safe_load(source.read_text())["groups"]
    for rule in group["rules"]
    if rule.get("record") != _ITSELF
]


def record(folder: Path, *, start: int = END - DAY, step: int = STEP) -> None:
    """Add to the data in *folder* what all rules make of it, every *step* seconds."""
    for rules in _rounds():
        with serving(folder) as prometheus:
            lines = [
                line
                for rule in rules
                for line in _recorded(rule, prometheus, start=start, step=step)
            ]
        store(lines, folder)


def _rounds() -> Iterator[list[Rule]]:
    waiting = {_name(rule): rule for rule in RULES}
    while waiting:
        ready = [
            rule
            for name, rule in waiting.items()
            if not (set(re.findall(r"\w+:\w+:\w+", rule["expr"])) - {name})
            & waiting.keys()
        ]
        yield ready
        for rule in ready:
            del waiting[_name(rule)]


def _name(rule: Rule) -> str:
    return str(rule.get("record") or rule["alert"])


def _recorded(
    rule: Rule, prometheus: Prometheus, *, start: int, step: int
) -> Iterator[str]:
    found = prometheus.over(rule["expr"], start=start, end=END, step=step)
    for series in found:
        if "record" in rule:
            own = dict(series.labels) | {"__name__": rule["record"]}
            yield from _lines(own, series.values)
        else:
            yield from _alert(rule, series)


def _alert(rule: Rule, series: Series) -> Iterator[str]:
    labels = dict(series.labels) | rule["labels"] | {"alertname": rule["alert"]}
    labels.pop("__name__", None)
    firing = labels | {"__name__": "ALERTS", "alertstate": "firing"}
    yield from _lines(firing, dict.fromkeys(series.values, 1))
    since = {time: min(series.values) for time in series.values}
    yield from _lines(labels | {"__name__": "ALERTS_FOR_STATE"}, since)


def _lines(labels: Mapping[str, str], values: Mapping[float, float]) -> Iterator[str]:
    own = {key: text for key, text in labels.items() if key != "__name__"}
    inner = ",".join(f"{key}={json.dumps(text)}" for key, text in own.items())
    for time, value in values.items():
        yield f"{labels['__name__']}{{{inner}}} {value} {time}\n"
