"""The loop of evaluations: when it turns, and what it says."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from agent.daemon.loop import Cycle
from agent.findings import Compliance, Report, State, Status, Verdict
from agent.report.latest import LatestReport
from tests.http.loopback import bounded
from tests.reports import SAMPLE, STARTING
from tests.threadless import no_threads

_FINE = replace(
    SAMPLE,
    verdict=Verdict(State.READY, State.READY, Compliance.TRUE, message="it works"),
    checks=(),
)
_HOUR = 3600.0


class _Evaluations:
    """Gives out reports one after another, the last one for ever."""

    def __init__(self, *reports: Report | Exception) -> None:
        self._reports = list(reports)
        self.starts: list[float] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self) -> Report:
        """Return or raise what is next, once the gate is open."""
        self.starts.append(time.monotonic())
        self.gate.wait()
        report = self._reports[0]
        if len(self._reports) > 1:
            self._reports.pop(0)
        if isinstance(report, Exception):
            raise report
        return report

    @property
    def count(self) -> int:
        """How many have been started."""
        return len(self.starts)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # what is waited for is no event
        await asyncio.sleep(0.01)


def _turn(
    evaluations: _Evaluations,
    scenario: Callable[[Cycle, LatestReport], Awaitable[None]],
    *,
    interval: float = 0.01,
    deadline: float = 10.0,
) -> LatestReport:
    """Let the loop turn while *scenario* runs; return its board."""

    async def run() -> LatestReport:
        board = LatestReport(STARTING)
        cycle = Cycle(evaluations, board, interval=interval, deadline=deadline)
        turning = asyncio.ensure_future(cycle.run())
        await scenario(cycle, board)
        turning.cancel()
        evaluations.gate.set()
        return board

    return bounded(run())


def _events(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records]


def test_goes_round(caplog: pytest.LogCaptureFixture) -> None:
    """It evaluates again and again, and says so once while nothing changes."""
    caplog.set_level(logging.INFO)
    evaluations = _Evaluations(_FINE)

    board = _turn(evaluations, lambda *_: _until(lambda: evaluations.count > 5))

    assert board.report is _FINE
    assert _events(caplog) == [(logging.INFO, "first report")]


def test_changes_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Each answer that changes is one line, a warning when it is bad news."""
    caplog.set_level(logging.INFO)
    checked = replace(_FINE, checks=SAMPLE.checks[:1])
    unchecked = replace(checked, verdict=SAMPLE.verdict)
    evaluations = _Evaluations(_FINE, checked, unchecked, _FINE)

    _turn(evaluations, lambda *_: _until(lambda: evaluations.count > 5))

    assert [
        (record.levelno, getattr(record, "subject", "")) for record in caplog.records
    ] == [
        (logging.INFO, ""),
        (logging.WARNING, "check kmod_blacklist"),
        (logging.WARNING, "state"),
        (logging.WARNING, "boot_state"),
        (logging.WARNING, "compliant"),
        (logging.WARNING, "reason"),
        (logging.INFO, "state"),
        (logging.INFO, "boot_state"),
        (logging.INFO, "compliant"),
        (logging.INFO, "reason"),
    ]


def test_check_recovers(caplog: pytest.LogCaptureFixture) -> None:
    """A check that is well again is told as such on a node that is not."""
    caplog.set_level(logging.INFO)
    failing = SAMPLE.checks[0]
    passing = replace(failing, finding=replace(failing.finding, status=Status.PASS))
    evaluations = _Evaluations(SAMPLE, replace(SAMPLE, checks=(passing,)))

    _turn(evaluations, lambda *_: _until(lambda: evaluations.count > 3))

    assert _events(caplog) == [
        (logging.WARNING, "first report"),
        (logging.INFO, "changed"),
    ]


def test_news() -> None:
    """News is looked at without waiting for the interval, and once more later."""
    evaluations = _Evaluations(_FINE)

    async def scenario(cycle: Cycle, board: LatestReport) -> None:
        await _until(lambda: board.ready)
        await asyncio.sleep(1.1)
        cycle.wake()
        await _until(lambda: evaluations.count >= 2)
        await _until(lambda: evaluations.count >= 3)
        await asyncio.sleep(1.5)

    _turn(evaluations, scenario, interval=_HOUR)

    assert evaluations.count == 3


def test_burst_of_news() -> None:
    """However much news there is, no more evaluations start than four a second."""
    evaluations = _Evaluations(_FINE)
    began = time.monotonic()

    async def scenario(cycle: Cycle, board: LatestReport) -> None:
        await _until(lambda: board.ready)
        ends = time.monotonic() + 2.5
        while time.monotonic() < ends:
            cycle.wake()
            await asyncio.sleep(0.001)

    _turn(evaluations, scenario, interval=_HOUR)

    # One at once, and one whose quarter of a second has just begun.
    assert 2 <= evaluations.count <= 2 + 4 * (time.monotonic() - began)


def test_hanging_evaluation(caplog: pytest.LogCaptureFixture) -> None:
    """A hanging evaluation is told once, stays alone, and counts when it returns."""
    evaluations = _Evaluations(_FINE)
    evaluations.gate.clear()

    async def scenario(cycle: Cycle, board: LatestReport) -> None:
        await asyncio.sleep(0.3)
        cycle.wake()
        await asyncio.sleep(0.3)
        assert evaluations.count == 1
        assert not board.ready
        evaluations.gate.set()
        await _until(lambda: board.ready)

    board = _turn(evaluations, scenario, interval=_HOUR, deadline=0.1)

    assert board.report is _FINE
    assert _events(caplog) == [
        (logging.ERROR, "evaluation hangs"),
        (logging.WARNING, "evaluation has returned"),
    ]


def test_failing_evaluations(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is told once in a row; the latest report stays."""
    failure = RuntimeError("broken")
    evaluations = _Evaluations(_FINE, failure, failure, _FINE, failure, _FINE)

    board = _turn(evaluations, lambda *_: _until(lambda: evaluations.count > 6))

    assert board.report is _FINE
    assert _events(caplog) == [(logging.ERROR, "evaluation failed")] * 2


def test_system_without_threads(caplog: pytest.LogCaptureFixture) -> None:
    """The loop outlives it and says so once, without a traceback; the age grows."""
    evaluations = _Evaluations(_FINE)

    async def scenario(_: Cycle, board: LatestReport) -> None:
        await _until(lambda: evaluations.count > 1)
        with no_threads():
            await asyncio.sleep(0.1)
            age, count = board.age, evaluations.count
            await asyncio.sleep(0.1)
            assert evaluations.count == count
            assert board.age > age
        await _until(lambda: evaluations.count > count)

    _turn(evaluations, scenario)

    assert _events(caplog) == [(logging.ERROR, "cannot evaluate")]
    assert "no thread could be started" in getattr(caplog.records[0], "error", "")
    assert caplog.records[0].exc_info is None


def test_failures_that_differ(caplog: pytest.LogCaptureFixture) -> None:
    """Another failure than the last one is told."""
    evaluations = _Evaluations(ValueError("a"), ValueError("a"), ValueError("b"), _FINE)

    _turn(evaluations, lambda *_: _until(lambda: evaluations.count > 4))

    assert _events(caplog) == [(logging.ERROR, "evaluation failed")] * 2


def test_end_during_an_evaluation() -> None:
    """An evaluation that returns after the loop's end disturbs nobody."""
    evaluations = _Evaluations(_FINE)
    evaluations.gate.clear()

    board = _turn(evaluations, lambda *_: _until(lambda: evaluations.count == 1))
    for thread in threading.enumerate():
        if thread.name == "evaluation":
            thread.join(timeout=300)

    assert not board.ready
