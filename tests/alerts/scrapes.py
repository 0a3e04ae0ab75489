"""What Prometheus would hold of a cluster, as the series of promtool's tests."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tests.alerts.kubernetes import Cluster
from tests.alerts.nodes import Pod

SCRAPE = 30
"""Seconds from scrape to scrape, as in the shipped monitors."""

Labels = tuple[tuple[str, str], ...]
Series = tuple[str, Labels]

_NOTHING, _STALE = "_", "stale"


@dataclass(slots=True)
class Prometheus:
    """Scrapes all targets together; *read* are the names that somebody reads."""

    cluster: Cluster
    read: frozenset[str]
    ticks: int = 0
    _back: int = 0
    _columns: dict[Series, list[str]] = field(default_factory=dict)
    _latest: dict[Series, float] = field(default_factory=dict)

    def scrape(self) -> None:
        """Ask every target once."""
        if self.ticks >= self._back:
            found: dict[Series, float] = {}
            for pod in self.cluster.pods:
                found.update(self._samples(pod))
            self._store(found)
        self.ticks += 1

    def pause(self, minutes: int) -> None:
        """Scrape nothing for some minutes: no series ends by that."""
        self._back = self.ticks + minutes * 60 // SCRAPE

    def input_series(self) -> list[dict[str, str]]:
        """Return the series in promtool's form, one value per scrape."""
        return [
            {"series": _selector(name, labels), "values": _notation(column)}
            for (name, labels), column in self._columns.items()
        ]

    def _samples(self, pod: Pod) -> Iterator[tuple[Series, float]]:
        ours = _labels(pod)
        in_time = random.random() >= pod.node.starved  # noqa: S311  # a made-up node
        yield ("up", ours), float(in_time and pod.process is not None)
        if pod.process is None or not in_time:
            return
        for metric in pod.process.families():
            for sample in metric.samples:
                if sample.name in self.read:
                    labels = (*sorted(sample.labels.items()), *ours)
                    yield (sample.name, labels), sample.value

    def _store(self, found: dict[Series, float]) -> None:
        for series in self._latest.keys() - found.keys():
            self._note(series, _STALE)
        for series, value in found.items():
            self._note(series, f"{value:g}")
        self._latest = found

    def _note(self, series: Series, text: str) -> None:
        column = self._columns.setdefault(series, [])
        column += [_NOTHING] * (self.ticks - len(column))
        column.append(text)


def _labels(pod: Pod) -> Labels:
    """Return what the shipped monitors make of a target."""
    return (
        ("container", "agent"),
        ("endpoint", "metrics"),
        ("instance", pod.node.name),
        ("job", "sctp-node-agent"),
        ("namespace", "sctp-node-agent"),
        ("node", pod.node.name),
        ("pod", pod.name),
        ("pool", pod.node.pool),
    )


def _notation(column: list[str]) -> str:
    runs = ((text, len(list(run))) for text, run in groupby(column))
    return " ".join(_run(text, count) for text, count in runs)


def _run(text: str, count: int) -> str:
    if text == _NOTHING:
        return f"_x{count}"
    if text == _STALE or count == 1:
        return " ".join([text] * count)
    return f"{text}x{count - 1}"


def _selector(name: str, labels: Labels) -> str:
    matchers = ",".join(f'{key}="{value}"' for key, value in labels)
    return f"{name}{{{matchers}}}"
