"""The latest report, and what changed from one report to the next."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from agent.findings import Report

_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Transition:
    """One answer that changed; *time* is that of the report (Unix time)."""

    time: float
    subject: str
    before: str
    after: str


class Board:
    """Where the loop publishes reports and the endpoints read the latest one.

    A report is immutable and swapped as a whole. *clock* counts seconds and
    never goes back; nothing here depends on the wall clock.
    """

    def __init__(
        self, initial: Report, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.report = initial
        self.ready = False
        self._clock = clock
        self._since = clock()
        self._history: deque[Transition] = deque(maxlen=_REMEMBERED)

    @property
    def age(self) -> float:
        """Seconds since the latest report, or since the start before the first."""
        return self._clock() - self._since

    @property
    def history(self) -> tuple[Transition, ...]:
        """The latest transitions, the newest first."""
        return tuple(reversed(self._history))

    def publish(self, report: Report) -> tuple[Transition, ...]:
        """Make *report* the latest one and return what it changed.

        The first report changes nothing: before it, nothing was known.
        """
        changes = transitions(self.report, report) if self.ready else ()
        self.report = report
        self.ready = True
        self._since = self._clock()
        self._history.extend(changes)
        return changes


def transitions(before: Report, after: Report) -> tuple[Transition, ...]:
    """Return the answers that differ, those of the verdict first."""
    old, new = _answers(before), _answers(after)
    return tuple(
        Transition(after.time, subject, old.get(subject, ""), answer)
        for subject, answer in new.items()
        if old.get(subject, "") != answer
    )


def _answers(report: Report) -> dict[str, str]:
    verdict = report.verdict
    return {
        "state": verdict.state.value,
        "boot_state": verdict.boot_state.value,
        "compliant": verdict.compliant.value,
        "reason": verdict.reason.value,
    } | {f"check {check.name}": check.finding.status.value for check in report.checks}
