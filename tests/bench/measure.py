"""Readings of a process and of an HTTP endpoint, from outside."""

import http.client
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Scrapes:
    """Latencies of scrapes in seconds, and the bytes of the last answer."""

    latencies: tuple[float, ...]
    size: int

    @property
    def p50(self) -> float:
        """Return the median."""
        return statistics.median(self.latencies)

    @property
    def p99(self) -> float:
        """Return the latency that one scrape in a hundred exceeds."""
        return statistics.quantiles(self.latencies, n=100)[98]


def scrape(ports: dict[str, int], count: int) -> dict[str, Scrapes]:
    """Scrape each port *count* times in turns, over one connection each."""
    connections = {
        name: http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for name, port in ports.items()
    }
    found: dict[str, list[float]] = {name: [] for name in ports}
    sizes = dict.fromkeys(ports, 0)
    for _ in range(count):
        for name, connection in connections.items():
            started = time.perf_counter()
            connection.request("GET", "/metrics")
            sizes[name] = len(connection.getresponse().read())
            found[name].append(time.perf_counter() - started)
    for connection in connections.values():
        connection.close()
    return {name: Scrapes(tuple(found[name]), sizes[name]) for name in ports}


def resident(pid: int) -> int:
    """Return the process's resident memory in bytes."""
    return int(psutil.Process(pid).memory_info().rss)


@contextmanager
def cpu_share(pids: dict[str, int]) -> Iterator[dict[str, float]]:
    """Measure what share of one core each process uses while the block runs."""
    processes = {name: psutil.Process(pid) for name, pid in pids.items()}
    before = {name: _busy(process) for name, process in processes.items()}
    started = time.monotonic()
    shares: dict[str, float] = {}
    yield shares
    elapsed = time.monotonic() - started
    for name, process in processes.items():
        shares[name] = (_busy(process) - before[name]) / elapsed


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
