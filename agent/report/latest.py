"""The latest report, and what changed from one report to the next."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.findings import Report

_REMEMBERED = 50
_CHECK = "check "


@dataclass(frozen=True, slots=True)
class Transition:
    """One answer that changed, and why; *time* is the report's (Unix time)."""

    time: float
    subject: str
    before: str
    after: str
    why: str

    @property
    def is_of_check(self) -> bool:
        """True when a check changed, not the verdict."""
        return self.subject.startswith(_CHECK)


@dataclass(frozen=True, slots=True)
class Since:
    """From when on the verdict has been as it is (Unix time).

    *seen* when it came to be so at that time; else this agent found it so when it
    began to look, and it may be older.
    """

    time: float
    seen: bool


class LatestReport:
    """Where the loop publishes reports and the endpoints read the latest one.

    A report is immutable and swapped as a whole. *since* tells from when on its
    verdict has been the same, None before the first. *clock* counts seconds and
    never goes back; nothing here depends on the wall clock.
    """

    def __init__(
        self, initial: Report, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.report = initial
        self.ready = False
        self.since: Since | None = None
        self._clock = clock
        self._since = clock()
        self._history: deque[Transition] = deque(maxlen=_REMEMBERED)
        self._announce: Callable[[], None] | None = None

    def heed(self, announce: Callable[[], None]) -> None:
        """Call *announce* after each report with other answers, the first included."""
        self._announce = announce

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
        is_first = not self.ready
        changes = () if is_first else transitions(self.report, report)
        if self.since is None:
            self.since = Since(report.time, seen=False)
        elif not all(change.is_of_check for change in changes):
            self.since = Since(report.time, seen=True)
        self.report = report
        self.ready = True
        self._since = self._clock()
        self._history.extend(changes)
        if self._announce and (changes or is_first):
            self._announce()
        return changes


def transitions(before: Report, after: Report) -> tuple[Transition, ...]:
    """Return the answers that differ, those of the verdict first."""
    old = {subject: answer for subject, answer, _ in _answers(before)}
    return tuple(
        Transition(after.time, subject, old.get(subject, ""), answer, why)
        for subject, answer, why in _answers(after)
        if old.get(subject, "") != answer
    )


def _answers(report: Report) -> Iterator[tuple[str, str, str]]:
    verdict = report.verdict
    yield "state", verdict.state.value, verdict.message
    yield "boot_state", verdict.boot_state.value, verdict.message
    yield "compliant", verdict.compliant.value, verdict.message
    yield "reason", verdict.reason.value, verdict.message
    for check in report.checks:
        finding = check.finding
        yield f"{_CHECK}{check.name}", finding.status.value, finding.message
