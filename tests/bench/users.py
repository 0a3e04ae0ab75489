"""What it costs to look who uses SCTP: with real processes, and with pods that do."""

import ctypes
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from agent.hostfs.host import Host
from agent.sources import workloads
from agent.sources.workloads import WorkloadReader
from tests.users import (
    Process,
    Tables,
    Users,
    association,
    endpoint,
    log_folder,
    path,
    pod_cgroup,
)

PROCESSES, NAMESPACES, PODS, EACH = 3_000, 200, 100, 2
_LOOKS, _STARTS = 31, 9
_NEWNET = 0x40000000
_MEMORY = """
import sys
import psutil
from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Expectation
from agent.report.build import NodeSpec
from agent.report.prometheus import render
root = sys.argv[1]
spec = NodeSpec("bench", Expectation.REQUIRED)
for _ in range(3):
    render(Evaluator(Scope(root=root), spec)(), openmetrics=False)
before = psutil.Process().memory_info().rss
from agent.evaluation.workload_looks import WorkloadLooks
evaluate = Evaluator(Scope(root=root), spec, workloads=WorkloadLooks(root, None))
report = evaluate()
assert len(report.workloads.users) == 100, report.workloads
render(report, openmetrics=False)
render(evaluate(), openmetrics=False)
print(psutil.Process().memory_info().rss - before)
"""
#: In place of SCTP's tables, which this kernel lacks: two others of each namespace,
#: with nothing but the names of their columns.
_STAND_INS = ("net", ("icmp", "raw"))


def rows() -> list[tuple[str, str, str]]:
    """Measure; return the rows of the page."""
    size = f"{PROCESSES} processes in {NAMESPACES} network namespaces"
    seconds, first = _real()
    busy, memory = _of_files()
    return [
        (f"who uses SCTP: {size}, CPU of a look", f"{seconds * 1e3:.1f} ms", "-"),
        ("the first look after a start", f"{first * 1e3:.1f} ms", "-"),
        (
            f"the same as files, {PODS} pods with {PODS * EACH} associations",
            f"{busy * 1e3:.1f} ms",
            "-",
        ),
        ("memory that this takes", f"{memory / 2**20:.1f} MiB", "-"),
    ]


def _real() -> tuple[float, float]:
    """Return the CPU time of a look at real processes, and of a first one: medians."""
    kept = workloads._STACK, workloads._TABLES  # noqa: SLF001  # see above
    workloads._STACK, workloads._TABLES = _STAND_INS  # noqa: SLF001
    try:
        with _processes(PROCESSES - len(psutil.pids())):
            host = Host("/", live=True)
            firsts = [_seconds(WorkloadReader(host)) for _ in range(_STARTS)]
            return _median(WorkloadReader(host)), statistics.median(firsts)
    finally:
        workloads._STACK, workloads._TABLES = kept  # noqa: SLF001


def _of_files() -> tuple[float, int]:
    """Return the CPU time of a look at a tree of files, and the memory it takes."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:  # memory
        pods().write(Path(folder))
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, folder],
            check=True,
            capture_output=True,
            text=True,
        )
        return _median(WorkloadReader(Host(folder, live=True))), int(done.stdout)


def _median(reader: WorkloadReader) -> float:
    return statistics.median(_seconds(reader) for _ in range(_LOOKS))


def _seconds(reader: WorkloadReader) -> float:
    before = time.process_time()
    reader.read()
    return time.process_time() - before


def pods() -> Users:
    """Return processes in many network namespaces, and pods with associations."""
    processes = {1: Process()}
    tables, folders = {}, []
    for pid in range(2, PROCESSES + 1):
        number = pid % NAMESPACES
        processes[pid] = Process(f"pod-{number}", pod_cgroup(number), "amf", (pid,))
    for number in range(PODS):
        ids = [number * EACH + n + 1 for n in range(EACH)]
        tables[f"pod-{number}"] = Tables(
            [endpoint(38412, number)],
            [association(n, n, paths=("10.0.0.2", "10.0.1.2")) for n in ids],
            [path(n, 2, a) for n in ids for a in ("10.0.0.2", "10.0.1.2")],
        )
        folders.append(log_folder(number, f"amf-{number}"))
    return Users(processes, tables, folders)


@contextmanager
def _processes(count: int) -> Iterator[None]:
    """Have so many processes, spread over as many namespaces, until the block ends."""
    reading, writing = os.pipe()
    groups = [_group(count // NAMESPACES, writing) for _ in range(NAMESPACES)]
    try:
        left = count // NAMESPACES * NAMESPACES
        while left:
            left -= len(os.read(reading, left))
        yield
    finally:
        for group in groups:
            os.killpg(group, signal.SIGKILL)
            os.waitpid(group, 0)
        os.close(reading)
        os.close(writing)


def _group(size: int, writing: int) -> int:
    """Start processes of one network namespace; return the first, which leads them."""
    leader = os.fork()
    if leader:
        return leader
    os.setsid()
    if ctypes.CDLL(None).unshare(_NEWNET) != 0:
        os._exit(1)
    for _ in range(size - 1):
        if os.fork() == 0:
            break
    os.write(writing, b"!")
    while True:
        signal.pause()
