"""Which alerts fired on some series, from when to when: asked of the real promtool."""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.alerts.scrapes import SCRAPE
from tests.rules.promtool import PATHS, RULES, program

EVALUATED = 60
"""Seconds from evaluation to evaluation: Prometheus' own default, and the slowest."""

Pairs = tuple[tuple[str, str], ...]

_FIRING = 'ALERTS{alertstate="firing"}'
_SAMPLE = re.compile(r'\{([^}]*asked="[^}]*)\} ([-+.\deE]+)')
_ALERT = re.compile(r"Labels:\{(.*)\}\s+Annotations:\{(.*)\}")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert with its labels, and the seconds of its first and last evaluation.

    *count* is how often it was found firing, so that an alert which came and went is
    told from one that stayed. *texts* are its annotations when it was looked at.
    """

    labels: Pairs
    first: float
    last: float
    count: int
    texts: Pairs = ()

    @property
    def alert(self) -> str:
        """Its name."""
        return self.label("alertname")

    @property
    def whom(self) -> str:
        """The node or pool that it is about, "" if about all."""
        return self.label("node") or self.label("pool")

    def label(self, name: str) -> str:
        """Return a label's value, "" if there is none of the name."""
        return dict(self.labels).get(name, "")

    @property
    def steady(self) -> bool:
        """Whether it fired at every evaluation from the first to the last."""
        return self.count == (self.last - self.first) / EVALUATED + 1


def read_names() -> frozenset[str]:
    """Return all words of the shipped rules: among them every series they read."""
    text = RULES.read_text() + PATHS.read_text()
    return frozenset(re.findall(r"[\w:]+", text))


def fired(
    series: list[dict[str, str]],
    seconds: float,
    folder: Path,
    *,
    looked_at: float,
    alerts: Iterable[str] = (),
) -> set[Firing]:
    """Return the alerts that the shipped rules fire on *series* in so many *seconds*.

    Of those that are named in *alerts* also the texts at the second *looked_at*.
    """
    window = f"[{seconds:.0f}s:{EVALUATED}s]"
    moments = f"({_FIRING} * 0 + time()){window}"
    asked = {
        "first": f"min_over_time({moments})",
        "last": f"max_over_time({moments})",
        "count": f"count_over_time({moments})",
    }
    queries = (
        f'label_replace({expr}, "asked", "{name}", "", "")'
        for name, expr in asked.items()
    )
    test: dict[str, Any] = {
        "interval": f"{SCRAPE}s",
        "input_series": series,
        "alert_rule_test": [
            {"alertname": name, "eval_time": f"{looked_at:.0f}s", "exp_alerts": []}
            for name in alerts
        ],
        "promql_expr_test": [
            {
                "expr": " or ".join(queries),
                "eval_time": f"{seconds:.0f}s",
                "exp_samples": [],
            }
        ],
    }
    return set(_read(_promtool(test, folder)))


def _read(said: str) -> Iterator[Firing]:
    """Yield what promtool has found in the place of nothing."""
    texts = {
        _pairs(labels): _pairs(annotations)
        for labels, annotations in _ALERT.findall(said)
    }
    found: dict[Pairs, dict[str, float]] = {}
    for text, value in _SAMPLE.findall(said):
        labels = dict(_LABEL.findall(text))
        name = labels.pop("asked")
        del labels["alertstate"]
        found.setdefault(tuple(sorted(labels.items())), {})[name] = float(value)
    for key, values in found.items():
        first, last, count = values["first"], values["last"], int(values["count"])
        yield Firing(key, first, last, count, texts.get(key, ()))


def _pairs(text: str) -> Pairs:
    return tuple(sorted(_LABEL.findall(text)))


def _promtool(test: dict[str, Any], folder: Path) -> str:
    """Return promtool's complaint: it expected nothing to fire at all."""
    file = folder / "fleet.json"
    content = {
        "rule_files": [str(RULES), str(PATHS)],
        "evaluation_interval": f"{EVALUATED}s",
        "tests": [test],
    }
    file.write_text(json.dumps(content))
    result = subprocess.run(
        (program("promtool"), "test", "rules", str(file)),
        capture_output=True,
        check=False,
        env={**os.environ, "GOGC": "400"},  # it ends before its memory matters
        text=True,
    )
    said = result.stdout + result.stderr
    if result.returncode:
        assert "got: {" in said, said
        return said
    return ""
