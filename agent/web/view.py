"""What the page shows: a report and its surroundings, in the order people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Report,
    State,
    Status,
)
from agent.report.headline import headline
from agent.report.latest import LatestReport, Since
from agent.report.path_row import PathRow
from agent.report.requests import Requests
from agent.verdict.meanings import MEANINGS
from agent.web.events import Event, events
from agent.web.matrix import Matrix, matrix

if TYPE_CHECKING:  # its code is read only where it was asked who uses SCTP
    from agent.web.users import Users

_URGENT = (Status.FAIL, Status.UNKNOWN, Status.WARN)
_NOW = {
    State.READY: "a socket has proven it",
    State.ON_DEMAND: "the first socket will load it",
    State.UNAVAILABLE: "no process can get a socket",
    State.UNKNOWN: "it is not known",
}
_LATER = _NOW | {State.READY: "it will be in the kernel"}
_WANTED = {
    Expectation.REQUIRED: "SCTP is required here",
    Expectation.FORBIDDEN: "SCTP is forbidden here",
    Expectation.OBSERVE: "nothing is expected here",
}
_MOODS = {
    Compliance.TRUE: "good",
    Compliance.FALSE: "bad",
    Compliance.UNKNOWN: "unsure",
}
_STARTING = "The first evaluation is under way"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers at a glance: good, bad, unsure or plain, and what it means."""

    question: str
    answer: str
    mood: str
    meaning: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything the template needs; *age* is in seconds, *late* if too many."""

    report: Report
    headline: str
    mood: str
    answers: tuple[Answer, ...]
    age: float
    ready: bool
    late: bool
    urgent: tuple[CheckResult, ...]
    passed: tuple[CheckResult, ...]
    skipped: tuple[CheckResult, ...]
    counts: tuple[tuple[str, int], ...]
    sockets: Matrix
    unprobed: str
    paths: tuple[PathRow, ...]
    users: "Users | None"
    requests: Requests | None
    events: tuple[Event, ...]
    since: Since | None
    changed: Mapping[str, Any]
    meaning: str


def view(
    board: LatestReport,
    *,
    patience: float,
    paths: Sequence[PathRow],
    requests: Requests | None = None,
) -> View:
    """Return what is to be shown; a report older than *patience* seconds is late."""
    report = board.report
    by_status = {
        status: tuple(c for c in report.checks if c.finding.status == status)
        for status in (*_URGENT, Status.PASS, Status.SKIP)
    }
    text = headline(report)
    return View(
        report=report,
        headline=text[0].upper() + text[1:] if board.ready else _STARTING,
        mood=_mood(report) if board.ready else "plain",
        answers=_answers(report),
        age=board.age,
        ready=board.ready,
        late=board.age > patience,
        urgent=tuple(c for status in _URGENT for c in by_status[status]),
        passed=by_status[Status.PASS],
        skipped=by_status[Status.SKIP],
        counts=tuple(
            (s.value, len(members)) for s, members in by_status.items() if members
        ),
        sockets=matrix(report.sockets),
        unprobed=str(report.facts.get("socket_skipped") or ""),
        paths=tuple(paths),
        users=_users(report),
        requests=requests,
        events=events(board.history),
        since=board.since,
        changed=report.facts.get("last_change") or {},
        meaning=MEANINGS.get(report.verdict.reason, ""),
    )


def _users(report: Report) -> "Users | None":
    if report.workloads is None:
        return None
    from agent.web.users import users

    return users(report.workloads)


def _answers(report: Report) -> tuple[Answer, ...]:
    verdict, expectation = report.verdict, report.expectation
    now, later = verdict.state, verdict.boot_state
    return (
        Answer("Now", now.value, _mood_of(now, expectation), _NOW[now]),
        Answer(
            "After a reboot", later.value, _mood_of(later, expectation), _LATER[later]
        ),
        Answer(
            "As intended", verdict.compliant.value, _mood(report), _WANTED[expectation]
        ),
    )


def _mood(report: Report) -> str:
    """Return how the verdict feels: who only observes is neither glad nor sorry."""
    if report.expectation is Expectation.OBSERVE:
        return "plain"
    return _MOODS[report.verdict.compliant]


def _mood_of(state: State, expectation: Expectation) -> str:
    """Return how a state feels: where SCTP is forbidden, its absence is good."""
    if state is State.UNKNOWN:
        return "unsure"
    if expectation is Expectation.OBSERVE:
        return "plain"
    return "good" if state.usable is (expectation is Expectation.REQUIRED) else "bad"
