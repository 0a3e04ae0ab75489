"""Only what the agent exports, rules record or Prometheus has is asked for."""

import re

import pytest

from agent.findings import Reason
from tests.dashboards.looks import Look, samples
from tests.dashboards.shown import boards, filled
from tests.rules.test_conventions import EXPORTED, FAULTS, RECORDED, SCRAPED

QUERIES = [
    pytest.param(query, id=f"{board.id}: {panel.title} {at}")
    for board in boards()
    for panel in board.panels()
    for at, query in enumerate(panel.queries)
]
_ANY = {"cluster": "any", "pool": "any", "node": "any"}
#: Series that Prometheus makes, with the labels that only they have.
OF_PROMETHEUS = {"up", "ALERTS", "ALERTS_FOR_STATE"}
OF_ALERTS = {"alertname", "alertstate", "severity"}
_SELECTOR = re.compile(r"\b(up|ALERTS\w*|sctp_\w+|\w+:\w+:\w+)\{([^}]*)\}")
_MATCHER = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')
_GROUPED = re.compile(r"\b(?:by|on|group_left|ignoring|without) \(([^)]*)\)")
_MADE = re.compile(
    r'"(\w+)", "[^"]*", "\w*", "[^"]*"\)|count_values by \([^)]*\) \("(\w+)"'
)
#: Of path probes, with the values that the rules give one of them.
_REASONS = {reason.value for reason in Reason}
_OF_PATHS = EXPORTED["sctp_node_path_probe_success"] | {"fault": {*FAULTS}}


def _shown() -> dict[tuple[str, str], set[str]]:
    """Return the values of labels that a healthy node shows, by metric and label."""
    found: dict[tuple[str, str], set[str]] = {}
    for name, labels in samples(Look()):
        for label, value in labels:
            found.setdefault((name, label), set()).add(value)
    return found


_SHOWN = _shown()


@pytest.mark.parametrize("query", QUERIES)
def test_exported(query: str) -> None:
    """Names, labels and values are those of the agent's own code, and of the rules."""
    asked = filled(query, _ANY)
    names = {*re.findall(r"\b(?:up|ALERTS\w*|sctp_\w+|\w+:\w+:\w+)(?=\W)", asked)}
    known = EXPORTED.keys() | RECORDED.keys() | OF_PROMETHEUS
    selectors = _SELECTOR.findall(asked)

    assert names
    assert {name for name in names if name not in known} == set()
    assert {name for name, _ in selectors} == names
    for name, matchers in selectors:
        for label, operator, value in _MATCHER.findall(matchers):
            if label not in SCRAPED | OF_ALERTS:
                values = {"", *_values(name, label)}
                wanted = set(value.split("|")) if operator == "=~" else {value}
                assert wanted <= values, (name, label)


def _values(name: str, label: str) -> set[str]:
    if label == "reason":
        return _REASONS
    if name in EXPORTED:
        return EXPORTED[name][label] | _SHOWN.get((name, label), set())
    if "path_probe" in name:
        return _OF_PATHS[label]
    level, metric, _ = name.split(":")
    assert label in level.split("_")
    return EXPORTED.get(metric, {}).get(label) or EXPORTED[f"sctp_node_{label}"][label]


@pytest.mark.parametrize("query", QUERIES)
def test_grouped_by_labels_that_are_there(query: str) -> None:
    """A label that nobody sets would make one group of everything."""
    labels = {
        label
        for group in _GROUPED.findall(query)
        for label in re.findall(r"\w+", group)
    }
    exported = {label for found in EXPORTED.values() for label in found}
    made = {label for pair in _MADE.findall(query) for label in pair}

    assert labels <= SCRAPED | exported | OF_ALERTS | made | {"fault"}
