"""What one real Prometheus with the shipped rules takes for a fleet of that size."""

import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from daemonset.rules.render import SOURCES
from tests.dashboards.server import Prometheus, serving
from tests.scale.agents import address
from tests.scale.exposition import SCRAPE, node_name

PROCESSES = 2
_TOP = Path(__file__).parents[2]
_RULE = re.compile(r"prometheus_rule_group_last_duration_seconds\{.*\} (\S+)")
SETTLED = 3 * SCRAPE
"""Seconds until all agents were scraped, and all rules evaluated over them."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The agents, and where they are: *ports* of the processes that they are in."""

    count: int
    troubled: int
    ports: Sequence[int]

    def targets(self, count: int) -> list[dict[str, object]]:
        """Return the first *count* of them as Prometheus discovers them."""
        return [self._target(node) for node in range(count)]

    def _target(self, node: int) -> dict[str, object]:
        name = node_name(node)
        labels = {
            "node": name,
            "instance": name,
            "namespace": "sctp-node-agent",
            "pod": f"sctp-node-agent-{node:05x}",
            "pool": f"pool-{node % 4}",
        }
        port = self.ports[node % len(self.ports)]
        return {"targets": [f"{address(node)}:{port}"], "labels": labels}


@dataclass(frozen=True, slots=True)
class Taken:
    """What was measured over one fleet: of the server, and of its rules."""

    agents: int
    answering: int
    series: int
    samples_per_second: float
    memory: int
    processor: float
    rules: float
    missed: float


@contextmanager
def agents(count: int, troubled: int) -> Iterator[Fleet]:
    """Start the agents in a few processes; they end with the block."""
    with ExitStack() as stack:
        ports = [
            stack.enter_context(_process(count, troubled)) for _ in range(PROCESSES)
        ]
        yield Fleet(count, troubled, ports)


@contextmanager
def _process(count: int, troubled: int) -> Iterator[int]:
    with socket.create_server(("0.0.0.0", 0), backlog=4096) as listener:  # noqa: S104  # all of 127.0.0.0/8
        argv = [sys.executable, "-m", "tests.scale.agents", str(listener.fileno())]
        process = subprocess.Popen(
            [*argv, str(count), str(troubled)],
            cwd=_TOP,
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_TOP)},
        )
        port: int = listener.getsockname()[1]
    try:
        assert process.stdout
        assert process.stdout.readline() == b"listening\n"
        yield port
    finally:
        process.kill()
        process.communicate()


def taken(
    fleet: Fleet, counts: Sequence[int], *, seconds: float, folder: Path
) -> list[Taken]:
    """Let one server scrape more and more of the agents; return what each took."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    found = folder / "agents.json"
    found.write_text("[]")
    with serving(folder, config=yaml.safe_dump(_settings(folder, found))) as server:
        return [
            _measured(server, count, seconds, lambda n: _discover(found, fleet, n))
            for count in counts
        ]


def _discover(found: Path, fleet: Fleet, count: int) -> None:
    unfinished = found.with_suffix(".new")
    unfinished.write_text(json.dumps(fleet.targets(count)))
    unfinished.rename(found)


def _settings(folder: Path, found: Path) -> dict[str, object]:
    groups = [
        group
        for source in SOURCES
        for group in yaml.safe_load(source.read_text(encoding="utf-8"))["groups"]
    ]
    rules = folder / "rules.yaml"
    rules.write_text(yaml.safe_dump({"groups": groups}))
    job = {
        "job_name": "sctp-node-agent",
        "file_sd_configs": [{"files": [str(found)]}],
    }
    intervals = {"scrape_interval": f"{SCRAPE:.0f}s", "evaluation_interval": "30s"}
    return {
        "global": intervals,
        "rule_files": [str(rules)],
        "scrape_configs": [job],
    }


def _measured(
    server: Prometheus, count: int, seconds: float, discover: Callable[[int], None]
) -> Taken:
    discover(count)
    time.sleep(SETTLED)
    before, spent, began = _metrics(server), server.spent(), time.monotonic()
    time.sleep(seconds)
    spent, lasted = server.spent() - spent, time.monotonic() - began
    after = _metrics(server)
    appended = "prometheus_tsdb_head_samples_appended_total"
    missed = "prometheus_rule_group_iterations_missed_total"
    [answering] = server.at("sum(up)", time.time())
    return Taken(
        agents=count,
        answering=int(next(iter(answering.values.values()))),
        series=int(_sum(after, "prometheus_tsdb_head_series")),
        samples_per_second=(_sum(after, appended) - _sum(before, appended)) / lasted,
        memory=server.process.memory_info().rss,
        processor=spent / lasted,
        rules=sum(map(float, _RULE.findall(after))),
        missed=_sum(after, missed) - _sum(before, missed),
    )


def _metrics(server: Prometheus) -> str:
    with urllib.request.urlopen(f"{server.url}/metrics") as answer:  # noqa: S310  # ours
        text: str = answer.read().decode()
    return text


def _sum(text: str, name: str) -> float:
    lines = re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE)
    return sum(map(float, lines))
