"""What happened on the node: changes that came together, told together."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from agent.report.latest import Transition

_OF_VERDICT = {
    "state": "now",
    "boot_state": "after a reboot",
    "compliant": "as intended",
    "reason": "reason",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that changed; *before* is "" for one that is new."""

    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """Changes of one moment (Unix time) for one cause."""

    time: float
    why: str
    changes: tuple[Change, ...]


def events(history: Iterable[Transition]) -> tuple[Event, ...]:
    """Group *history*, the newest first, by moment and cause, the verdict first."""
    groups: list[Event] = []
    for time, together in groupby(history, key=lambda transition: transition.time):
        by_cause: dict[str, list[Change]] = {}
        for one in reversed(list(together)):
            subject = _OF_VERDICT.get(one.subject, one.subject)
            change = Change(subject, one.before, one.after)
            by_cause.setdefault(one.why, []).append(change)
        groups.extend(Event(time, why, tuple(by_cause[why])) for why in by_cause)
    return tuple(groups)
