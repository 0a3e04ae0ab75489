"""What each program costs while nobody means it harm."""

import os
import re
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Expectation
from agent.report.build import NodeSpec
from tests.bench import process
from tests.bench.client import Client, scrape
from tests.bench.programs import Program, running

_EVALUATIONS = 200
_STARTS = 5
_FAULTS = 5
_SETTLED = 2.5  # seconds; after news the daemon looks once more a second later
_UEVENT = Path("/sys/class/net/lo/uevent")
_PLUGIN = Path(__file__).with_name("plugin.sh")
_RUNS = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """One column of the table."""

    start: float
    memory: process.Memory
    size: int
    p50: float
    p99: float
    cpu: float  # per scrape


def cost(program: Program, scrapes: int) -> Cost:
    """Start *program* a few times, then scrape it *scrapes* times."""
    starts = []
    for _ in range(_STARTS - 1):
        with running(program) as (_pid, seconds):
            starts.append(seconds)
    with running(program) as (pid, seconds):
        starts.append(seconds)
        for path in (program.page, program.metrics) * 5:
            with Client(program.address) as client:
                _, body = client.get(path)
        before = process.cpu(pid)
        times = _scraped(program, scrapes)
        used = process.cpu(pid) - before
        memory = process.memory(pid)
    return Cost(
        statistics.median(starts),
        memory,
        len(body),
        statistics.median(times),
        percentile99(times),
        used / scrapes,
    )


def _scraped(program: Program, count: int) -> list[float]:
    found = (scrape(program.address, program.metrics, away=0) for _ in range(count))
    return [seconds for seconds in found if seconds is not None]


def percentile99(times: Sequence[float]) -> float:
    """Return the time that one in a hundred exceeds."""
    return statistics.quantiles(times, n=100)[98]


def idle(programs: Sequence[Program], seconds: float) -> list[float]:
    """Return what share of one core each uses while nobody asks, all at once."""
    with ExitStack() as until_measured:
        pids = [until_measured.enter_context(running(p))[0] for p in programs]
        time.sleep(2)
        before = [process.cpu(pid) for pid in pids]
        time.sleep(seconds)
        return [
            (process.cpu(pid) - b) / seconds
            for pid, b in zip(pids, before, strict=True)
        ]


def evaluation(root: Path) -> tuple[int, float, float]:
    """Return the number of checks, and the CPU and wall time of one evaluation."""
    evaluate = Evaluator(Scope(root=str(root)), NodeSpec("bench", Expectation.REQUIRED))
    report = evaluate()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(_EVALUATIONS):
        evaluate()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return len(report.checks), cpu / _EVALUATIONS, wall / _EVALUATIONS


def changed_file(program: Program, root: Path) -> tuple[float, float]:
    """Return the median and the longest time from a written file to the new metrics."""
    file = root / "etc/modprobe.d/zz-bench.conf"
    texts = ["install sctp /bin/false\n", ""] * _FAULTS
    with running(program):
        return _delays(program, [partial(file.write_text, t) for t in texts])


def uevent(program: Program) -> tuple[float, float] | None:
    """Return them for an event of the loopback device, None where it is not ours."""
    if os.geteuid() != 0:
        return None
    with running(program):
        return _delays(program, [partial(_UEVENT.write_text, "add")] * _FAULTS)


def _delays(
    program: Program, causes: Sequence[Callable[[], object]]
) -> tuple[float, float]:
    delays = []
    for cause in causes:
        time.sleep(_SETTLED)
        before = _last_run(program)
        began = time.perf_counter()
        cause()
        while _last_run(program) == before and time.perf_counter() - began < 20:
            time.sleep(0.002)
        delays.append(time.perf_counter() - began)
    return statistics.median(delays), max(delays)


def _last_run(program: Program) -> str:
    with Client(program.address) as client:
        text = client.get(program.metrics)[1].decode()
    found = re.search(r"^sctp_agent_last_run_timestamp_seconds .*$", text, re.MULTILINE)
    return found[0] if found else ""


def plugin() -> tuple[float, float, int]:
    """Return wall and CPU time of one run of the shell plugin, and its peak memory."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for _ in range(_RUNS):
        subprocess.run([_PLUGIN], check=False, capture_output=True)
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with subprocess.Popen([_PLUGIN], stdout=subprocess.DEVNULL) as shell:
        _, _, usage = os.wait4(shell.pid, 0)
        shell.returncode = 0
    return wall / _RUNS, used / _RUNS, usage.ru_maxrss << 10
