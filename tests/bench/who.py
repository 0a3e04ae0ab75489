"""What it costs to see who uses SCTP, and who asks for it: both flags beside none."""

import json
import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from agent.hostfs.host import Host
from agent.hostfs.processes import processes_of
from agent.kernel.trace import Asked
from agent.requests import watch
from agent.requests.attempts import Attempts
from tests.bench import node, process, programs, quiet, users
from tests.bench.client import Address, Client
from tests.bench.programs import Program, running
from tests.tracefs_kernel import Kernel

BOTH = "with --workloads --watch-requests"
_FLAGS = ("--workloads", "--watch-requests")
_STORM, _MORE, _UNDER_WAY, _LOOKS = 10_000, 4, 256, 50
_SETTLED = 3.0  # seconds, with the first look at who uses SCTP
_PIECE = 100  # requests in one write
_NAMES = ("net-pf-2-proto-132-type-1", "net-pf-2-proto-132")
_PATIENCE = 120.0


def root() -> Path:
    """Build a node with processes and pods; the kernel lacks SCTP, to be asked for."""
    busy = node.build(programs.CACHE / "busy")
    users.pods().write(busy)
    for pid in range(1, users.PROCESSES + 1):
        (busy / f"proc/{pid}/stat").write_text(f"{pid} (amf) S 1 1\n")
    return busy


def compared(busy: Path) -> tuple[Program, Program]:
    """Return the agent without the flags, and with both."""
    plain = programs.agent(busy)
    return plain, programs.agent(busy, *_FLAGS, name=BOTH, start="watching")


def rows(busy: Path, both: Program) -> list[list[str]]:
    """Measure a storm of requests, and looks; return the rows of the page."""
    pids = users.PROCESSES - 1
    with running(both) as (pid, _):
        time.sleep(_SETTLED)
        trace = Kernel(busy).instance / "trace_pipe"
        before = process.memory(pid).resident
        seconds, cpu, peak, lost = _storm(both.address, pid, trace, 1)
        after = process.memory(pid).resident
        for number in range(2, 2 + _MORE):
            _storm(both.address, pid, trace, number)
        again = process.memory(pid).resident
    storm = (
        f"a storm of {_STORM} requests of {pids} processes in {users.NAMESPACES} pods"
    )
    return [
        [f"{storm}, until all are counted", f"{seconds:.1f} s"],
        ["the same, CPU of each", f"{cpu / _STORM * 1e3:.2f} ms"],
        ["the same, events lost", f"{lost}"],
        ["the same, memory at most", _mib(peak - before)],
        ["the same, memory afterwards", _mib(after - before)],
        [f"{_MORE} more such storms, memory afterwards", _mib(again - after)],
        [
            f"a look at {_UNDER_WAY} requests under way (every 50 ms), CPU",
            f"{_look(busy) * 1e3:.2f} ms",
        ],
        *([name, own] for name, own, _ in users.rows()),
    ]


def _mib(size: int) -> str:
    return f"{size / 2**20:+.1f} MiB"


def _storm(
    address: Address, pid: int, trace: Path, number: int
) -> tuple[float, float, int, int]:
    """Ask as fast as it is read; return seconds, their CPU, peak and lost events."""
    process.forget_peak(pid)
    busy, began = process.cpu(pid), time.perf_counter()
    with trace.open("wb", buffering=0) as pipe:
        for piece in _pieces():
            pipe.write(piece)
    end = time.monotonic() + _PATIENCE
    while (told := _told(address))["requests"] < number * _STORM:
        assert time.monotonic() < end, told
        time.sleep(0.1)
    seconds = time.perf_counter() - began
    return seconds, process.cpu(pid) - busy, process.peak(pid), told["lost_events"]


def _told(address: Address) -> dict[str, int]:
    with Client(address) as client:
        _, body = client.get("/report")
    found: dict[str, int] = json.loads(body)["requests"]
    return found


def _pieces() -> Iterator[bytes]:
    lines = [
        f"{'amf':>16}-{2 + n % (users.PROCESSES - 1):<7d} [000] ..... "
        f"{time.monotonic():.6f}: module_request: {name} wait=1 call_site=f\n"
        for n in range(_STORM)
        for name in _NAMES
    ]
    for at in range(0, len(lines), 2 * _PIECE):
        yield "".join(lines[at : at + 2 * _PIECE]).encode()


def _look(busy: Path) -> float:
    """Return the CPU time of one look at whether as many requests are over."""
    host, times = Host(str(busy), live=True), []
    for _ in range(_LOOKS):
        attempts = Attempts()
        for number in range(_UNDER_WAY):
            attempts.hear(Asked(2 + number, "amf", 0.0, _NAMES[0]), 0.0)
        before = time.process_time()
        with processes_of(host) as found:
            attempts.over(1.0, partial(watch._waits, found))  # noqa: SLF001  # measured
        times.append(time.process_time() - before)
    return statistics.median(times)


def costs(programs_: tuple[Program, Program], scrapes: int) -> list[quiet.Cost]:
    """Return what each takes while it is scraped."""
    return [quiet.cost(program, scrapes) for program in programs_]
