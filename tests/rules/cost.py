"""What the rules cost a real Prometheus; `make rules-cost` writes docs/alerts.md.

A thousand nodes as the agents export them, with path probes over IPv4, as data of the
last quarter of an hour. The server evaluates the shipped rules over that, templates of
annotations included, and says itself how long each took.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from agent.findings import Reason
from daemonset.rules.render import SOURCES
from tests.dashboards.fleets import Node, lines
from tests.dashboards.looks import Look
from tests.dashboards.server import serving, store

DOCUMENT = Path(__file__).parents[2] / "docs" / "alerts.md"
NODES, PROBED, TROUBLED = 1_000, 6, 50
SCRAPE, EVERY = 30, 10  # seconds
PAST, FUTURE, WATCHED = 960, 300, 60
_TABLE = re.compile(r"(<!-- cost -->\n).*?(<!-- end of cost -->)", re.DOTALL)
#: What is recorded comes after data that reach into the future.
_LATE = {"tsdb": {"out_of_order_time_window": "1h"}}
Costs = dict[str, float]
"""Seconds of one evaluation, by the rule's name."""


def fleet(troubled: int) -> Iterator[Node]:
    """Yield the nodes; the last ones have lost SCTP, half of them their paths only."""
    names = [f"worker-{at:04}" for at in range(NODES)]
    for at, name in enumerate(names):
        targets = tuple(names[(at + step) % NODES] for step in range(PROBED))
        bad = at >= NODES - troubled
        lost = bad and at % 2 == 0
        look = Look(
            Reason.MODULE_MISSING if lost else Reason.AS_EXPECTED,
            targets=() if lost else targets,
            failing=frozenset(targets if bad else ()) - {name},
        )
        yield Node(name, f"pool-{at % 4}", "east", look, look)


def measured(troubled: int) -> tuple[Costs, Costs, int]:
    """Return what the rules cost, by group, and how many series they record."""
    groups: Any = [
        group | {"interval": f"{EVERY}s"}
        for source in SOURCES
        for group in yaml.safe_load(source.read_text())["groups"]
    ]
    asked = frozenset(re.findall(r"[\w:]+", json.dumps(groups).replace("\\n", " ")))
    now = int(time.time())
    times = [*range(now - PAST, now + FUTURE, SCRAPE)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store((x for n in fleet(troubled) for x in lines(n, times, asked)), folder)
        rules = folder / "rules.yaml"
        rules.write_text(yaml.safe_dump({"groups": groups}))
        config = yaml.safe_dump({"rule_files": [str(rules)], "storage": _LATE})
        with serving(folder, config=config) as prometheus:
            until = time.monotonic() + WATCHED
            least: Costs = {}
            by_group: Costs = {}
            while time.monotonic() < until:
                time.sleep(EVERY / 2)
                for group in prometheus.rules():
                    done = [r for r in group["rules"] if r["evaluationTime"] > 0]
                    for rule in done:
                        spent = rule["evaluationTime"]
                        key = rule["name"]
                        least[key] = min(spent, least.get(key, spent))
                    names = [rule["name"] for rule in done]
                    by_group[group["name"]] = sum(least[one] for one in names)
            [recorded] = prometheus.at('count({__name__=~".+:.+:.+"})', time.time())
            return least, by_group, int(next(iter(recorded.values.values())))


def table() -> str:
    """Return the table, of a calm and of a troubled fleet."""
    fleets = [measured(0), measured(TROUBLED)]
    groups = fleets[0][1]
    rows = [
        ("all rules, each once", [sum(one[0].values()) for one in fleets]),
        *((f"group `{name}`", [one[1][name] for one in fleets]) for name in groups),
    ]
    text = [
        f"| for {NODES:,} nodes | nothing wrong | {TROUBLED} nodes in trouble |",
        "|---|---|---|",
        *(f"| {what} | {a:.2f} s | {b:.2f} s |" for what, (a, b) in rows),
    ]
    counts = [f"{one[2]:,}" for one in fleets]
    text.append(f"| series recorded | {counts[0]} | {counts[1]} |")
    dearest = [_dearest(costs) for costs, _, _ in fleets]
    text.append(f"| the dearest rule | `{dearest[0]}` | `{dearest[1]}` |")
    return "\n".join(text) + "\n"


def _dearest(costs: Costs) -> str:
    return max(costs, key=lambda name: costs[name])


def main() -> int:
    """Measure, and write the table into the documentation."""
    found = table()
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(_TABLE.sub(rf"\g<1>{found}\g<2>", text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
