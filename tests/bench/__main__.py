"""`make bench`: measure, then write docs/benchmarks.md."""

import argparse
import os
import platform
import re
import time
import urllib.request
from pathlib import Path

from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Expectation
from agent.report.build import NodeSpec
from tests.bench import daemons, measure, node, users
from tests.ports import free_port

_UEVENT = Path("/sys/class/net/lo/uevent")
_ROUNDS = 200
_EVENTS = 20
_SETTLED = 2.5  # seconds; after news the daemon looks once more a second later
_PAGE = daemons.REPOSITORY / "docs" / "benchmarks.md"


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=float, default=300.0, help="seconds of idling")
    parser.add_argument("--scrapes", type=int, default=1000)
    options = parser.parse_args()
    root = node.build(daemons.REPOSITORY / ".cache" / "bench" / "node")
    rows = [*_evaluation(root), *users.rows()]
    rows += _side_by_side(root, options.scrapes, options.idle)
    _PAGE.parent.mkdir(exist_ok=True)
    _PAGE.write_text(_page(rows, options), encoding="utf-8")
    print(
        "\n".join(f"{name}: {own} (node_exporter: {peer})" for name, own, peer in rows)
    )
    print(f"written to {_PAGE.relative_to(daemons.REPOSITORY)}")


def _evaluation(root: Path) -> list[tuple[str, str, str]]:
    evaluate = Evaluator(Scope(root=str(root)), NodeSpec("bench", Expectation.REQUIRED))
    report = evaluate()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(_ROUNDS):
        evaluate()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    checks = f"{len(report.checks)} checks"
    return [
        (f"one evaluation, CPU ({checks})", f"{cpu / _ROUNDS * 1e3:.1f} ms", "-"),
        ("one evaluation, wall", f"{wall / _ROUNDS * 1e3:.1f} ms", "-"),
    ]


def _side_by_side(root: Path, scrapes: int, idle: float) -> list[tuple[str, str, str]]:
    ports = {"own": free_port(), "peer": free_port()}
    own = daemons.running(daemons.agent(root, ports["own"]), ports["own"])
    peer = daemons.running(daemons.node_exporter(ports["peer"]), ports["peer"])
    with own as own_pid, peer as peer_pid:
        pids = {"own": own_pid, "peer": peer_pid}
        measure.scrape(ports, 20)
        found = measure.scrape(ports, scrapes)
        memory = {name: measure.resident(pid) for name, pid in pids.items()}
        with measure.cpu_share(pids) as shares:
            time.sleep(idle)
        heard = _heard(ports["own"])
    return [
        _row("scrape p50", {n: f"{s.p50 * 1e3:.2f} ms" for n, s in found.items()}),
        _row("scrape p99", {n: f"{s.p99 * 1e3:.2f} ms" for n, s in found.items()}),
        _row("scrape size", {n: f"{s.size} bytes" for n, s in found.items()}),
        _row(
            f"resident memory after {scrapes} scrapes",
            {n: f"{size / 2**20:.1f} MiB" for n, size in memory.items()},
        ),
        _row(
            f"idle CPU over {idle:g} s",
            {n: f"{share * 100:.2f} % of a core" for n, share in shares.items()},
        ),
        ("uevent to changed metric, median", heard, "-"),
    ]


def _row(name: str, values: dict[str, str]) -> tuple[str, str, str]:
    return name, values["own"], values["peer"]


def _heard(port: int) -> str:
    """Cause events of the loopback device, which the measured agent heeds."""
    delays = []
    for _ in range(_EVENTS):
        time.sleep(_SETTLED)
        before = _last_run(port)
        started = time.perf_counter()
        _UEVENT.write_text("add")
        while _last_run(port) == before:
            time.sleep(0.002)
        delays.append(time.perf_counter() - started)
    return f"{sorted(delays)[len(delays) // 2] * 1e3:.0f} ms"


def _last_run(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    found = re.search(
        r"^sctp_agent_last_run_timestamp_seconds (.+)$", text, re.MULTILINE
    )
    return found[1] if found else ""


def _page(rows: list[tuple[str, str, str]], options: argparse.Namespace) -> str:
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"""# Benchmarks

Written by `make bench`; nothing here is a test. Both programs ran at the same
time on the same machine and were scraped in turns over kept-alive connections.

Machine: {os.cpu_count()} cores, {memory:.0f} GiB of memory, Linux
{platform.release()}, Python {platform.python_version()}. The kernel has no SCTP, so
no socket was opened; the node judged has the module tree of Debian 12's kernel.
The peer is Debian's prometheus-node-exporter with its default collectors.

| measured | sctp-node-agent | node_exporter |
|---|---|---|
{table}

Who uses SCTP is asked with [`--workloads`](workloads.md) only, at most once a minute:
the median of some looks, of which the first two take longer, for all processes are
asked for their namespace. The processes and namespaces are real; in place of SCTP's
tables two others of each namespace are read, which are as empty as those are without
associations. The second figure is of files that say what a kernel would of such pods.

The uevent is one of the loopback device, which stands in for the module's: the
measured agent is told to heed it. From the kernel's event to the scrape that
shows the new evaluation, polled without a pause longer than 2 ms. The idle time
was {options.idle:g} s at the default interval.
"""


if __name__ == "__main__":
    main()
