"""The loop: evaluate, publish, wait; one evaluation at a time, for ever."""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from agent.findings import Compliance, Report, Status
from agent.report.latest import LatestReport, Transition
from agent.threads import NoThreadError, in_thread

_JITTER = 0.1
# An event may come before what it announces has settled (before Linux 5.12 that
# of a module precedes its start), so that we look once more after this time.
_SETTLING = 1.0
_SPACING = 0.25  # the least time between evaluations, however many events come
_ALARMING = {Status.FAIL, Status.WARN, Status.UNKNOWN}

_log = logging.getLogger(__name__)


class Cycle:
    """Evaluates every *interval* seconds, and at once after *wake*.

    An evaluation that takes longer than *deadline* seconds is reported once and
    waited for: a second one would only hang beside it. One that fails, or for which
    there is no thread, is told once; the latest report stays and gets older.
    *published* is set when the first report has been.
    """

    def __init__(
        self,
        evaluate: Callable[[], Report],
        board: LatestReport,
        *,
        interval: float,
        deadline: float,
    ) -> None:
        self._evaluate = evaluate
        self._board = board
        self._interval = interval
        self._deadline = deadline
        self.published = asyncio.Event()
        self._news = asyncio.Event()
        self._failure = ""

    def wake(self) -> None:
        """Evaluate as soon as possible; calls in quick succession count once."""
        self._news.set()

    async def run(self) -> None:
        """Go round until cancelled."""
        woken = False
        while True:
            start = time.monotonic()
            self._news.clear()
            await self._turn()
            pause = _SETTLING if woken else self._next_interval()
            woken = await self._rest(start, pause)

    async def _turn(self) -> None:
        evaluation = in_thread(self._evaluate)
        complete, _ = await asyncio.wait({evaluation}, timeout=self._deadline)
        if not complete:
            _log.error("evaluation hangs", extra={"deadline": self._deadline})
            await asyncio.wait({evaluation})
            _log.warning("evaluation has returned")
        try:
            report = evaluation.result()
        except Exception as error:  # noqa: BLE001  # the loop outlives one turn
            self._tell(error)
        else:
            self._failure = ""
            self._publish(report)

    def _tell(self, error: Exception) -> None:
        """Log why there is no report when that begins or changes, not every time."""
        failure = repr(error)
        if failure == self._failure:
            return
        self._failure = failure
        if isinstance(error, NoThreadError):
            _log.error("cannot evaluate", extra={"error": error.strerror})
        else:
            _log.error("evaluation failed", exc_info=error)

    async def _rest(self, start: float, pause: float) -> bool:
        """Wait for *pause* seconds or for news; return True for news."""
        try:
            async with asyncio.timeout(pause):
                await self._news.wait()
        except TimeoutError:
            return False
        await asyncio.sleep(start + _SPACING - time.monotonic())
        return True

    def _next_interval(self) -> float:
        # Spread over the fleet, so that nodes do not evaluate in step.
        return self._interval * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311

    def _publish(self, report: Report) -> None:
        is_first = not self._board.ready
        self.published.set()
        for change in self._board.publish(report):
            _log.log(
                _level(change, report),
                "changed",
                extra={
                    "subject": change.subject,
                    "before": change.before,
                    "after": change.after,
                    "why": change.why,
                },
            )
        if is_first:
            _log_first(report)


def _log_first(report: Report) -> None:
    verdict = report.verdict
    _log.log(
        _verdict_level(report),
        "first report",
        extra={
            "state": verdict.state.value,
            "boot_state": verdict.boot_state.value,
            "compliant": verdict.compliant.value,
            "reason": verdict.reason.value,
            "why": verdict.message,
        },
    )


def _level(change: Transition, report: Report) -> int:
    if not change.is_of_check:
        return _verdict_level(report)
    return logging.WARNING if change.after in _ALARMING else logging.INFO


def _verdict_level(report: Report) -> int:
    as_intended = report.verdict.compliant is Compliance.TRUE
    return logging.INFO if as_intended else logging.WARNING
