"""What the rules cost a real Prometheus; `make rules-cost` writes docs/alerts.md.

Nodes as the agents export them, with path probes over IPv4, as data of the last ten
minutes. The server evaluates the shipped rules over that, templates of annotations
included; what it takes of a processor meanwhile is what they cost.
"""

import json
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from agent.findings import Reason
from daemonset.rules.render import SOURCES
from tests.dashboards.fleets import Node, lines
from tests.dashboards.looks import Look
from tests.dashboards.server import Prometheus, serving, store

DOCUMENT = Path(__file__).parents[2] / "docs" / "alerts.md"
PROBED = 6
SCRAPE, EVERY = 30, 10  # seconds
PAST, FUTURE, WATCHED = 660, 240, 60
_TABLE = re.compile(r"(<!-- cost -->\n).*?(<!-- end of cost -->)", re.DOTALL)
#: What is recorded comes after data that reach into the future.
_LATE = {"tsdb": {"out_of_order_time_window": "1h"}}


def fleet(count: int, troubled: int) -> Iterator[Node]:
    """Yield the nodes; the last ones have lost SCTP, half of them their paths only."""
    names = [f"worker-{at:04}" for at in range(count)]
    for at, name in enumerate(names):
        targets = tuple(names[(at + step) % count] for step in range(PROBED))
        bad = at >= count - troubled
        lost = bad and at % 2 == 0
        look = Look(
            Reason.MODULE_MISSING if lost else Reason.AS_EXPECTED,
            targets=() if lost else targets,
            failing=frozenset(targets if bad else ()) - {name},
        )
        yield Node(name, f"pool-{at % 4}", "east", look, look)


def measured(count: int, troubled: int) -> tuple[float, int]:
    """Return a processor's seconds for one evaluation of all rules, and the series.

    Of the processor, not of the clock: whatever else runs here does not count.
    """
    groups: Any = [
        group | {"interval": f"{EVERY}s"}
        for source in SOURCES
        for group in yaml.safe_load(source.read_text())["groups"]
    ]
    asked = frozenset(re.findall(r"[\w:]+", json.dumps(groups).replace("\\n", " ")))
    now = int(time.time())
    times = [*range(now - PAST, now + FUTURE, SCRAPE)]
    nodes = fleet(count, troubled)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store((x for node in nodes for x in lines(node, times, asked)), folder)
        rules = folder / "rules.yaml"
        rules.write_text(yaml.safe_dump({"groups": groups}))
        config = yaml.safe_dump({"rule_files": [str(rules)], "storage": _LATE})
        with serving(folder, config=config) as prometheus:
            time.sleep(2 * EVERY)
            before, began = prometheus.spent(), _rounds(prometheus)
            time.sleep(WATCHED)
            spent, rounds = prometheus.spent() - before, _rounds(prometheus) - began
            [recorded] = prometheus.at('count({__name__=~".+:.+:.+"})', time.time())
            return spent / rounds, int(next(iter(recorded.values.values())))


def _rounds(prometheus: Prometheus) -> float:
    """Return how often all groups have been evaluated so far, on average."""
    with urllib.request.urlopen(f"{prometheus.url}/metrics") as answer:  # noqa: S310  # our own server
        text = answer.read().decode()
    done = re.findall(
        r"^prometheus_rule_group_iterations_total\{.*\} (.+)", text, re.MULTILINE
    )
    missed = re.findall(
        r"^prometheus_rule_group_iterations_missed_total\{.*\} (.+)", text, re.MULTILINE
    )
    return (sum(map(float, done)) - sum(map(float, missed))) / len(done)


def table(count: int) -> str:
    """Return the table, of a calm and of a troubled fleet."""
    troubled = count // 20
    calm, bad = measured(count, 0), measured(count, troubled)
    return (
        f"| {count:,} nodes | nothing wrong | {troubled} nodes in trouble |\n"
        "|---|---|---|\n"
        f"| all rules once, of a processor | {calm[0]:.2f} s | {bad[0]:.2f} s |\n"
        f"| series recorded | {calm[1]:,} | {bad[1]:,} |\n"
    )


def main(count: str = "1000") -> int:
    """Measure that many nodes, and write the table into the documentation."""
    found = table(int(count))
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(_TABLE.sub(rf"\g<1>{found}\g<2>", text))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
