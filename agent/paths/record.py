"""What the attempts came to: the latest of each path, and counts over closed sets."""

import bisect
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from agent.echo.outcome import FailureClass
from agent.paths.names import Family
from agent.paths.targets import Form, Path, Target

BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, float("inf"))
"""Seconds. What was lost is sent again after 0.4 s or more: beyond the 0.3."""

PATIENCE = 3
"""Failures in a row before what has never worked is told: a fleet starts bit by bit."""

Labels = tuple[Path, Family, Form, str]
Kind = tuple[Path, Family]
_Place = tuple[Path, Family, Form, str, int]


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest attempt on a path, and since when it has been going like that.

    *last_success* and *since* are Unix time in seconds, the first one 0 for
    never. *seconds* is how long the attempt took, 0 if it failed. *failures* is
    how many have failed in a row.
    """

    node: str
    failure: FailureClass | None
    last_success: float = 0.0
    since: float = 0.0
    seconds: float = 0.0
    failures: int = 0

    @property
    def is_told(self) -> bool:
        """Whether a failure is worth a word."""
        return bool(self.last_success) or self.failures >= PATIENCE


class News(StrEnum):
    """What an attempt is to be told as."""

    FAILS = "path fails"
    WORKS = "path works"
    WORKS_AGAIN = "path works again"


@dataclass(slots=True)
class Durations:
    """Successful attempts by how long they took, in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one attempt."""
        self.counts[bisect.bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def cumulate(self) -> list[tuple[float, int]]:
        """Return for each bucket how many attempts were not longer."""
        sums = itertools.accumulate(self.counts)
        return list(zip(BUCKETS, sums, strict=True))


class Record:
    """Remembers attempts without growing: pairings that end are forgotten.

    Counters are kept for each path and family that was ever probed, and these
    are closed sets. *wall* gives Unix time.
    """

    def __init__(self, *, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._latest: dict[_Place, Latest] = {}
        self.attempts: Counter[Kind] = Counter()
        self.failures: Counter[tuple[Path, Family, FailureClass]] = Counter()
        self.durations: dict[Kind, Durations] = {}

    def note(
        self, target: Target, failure: FailureClass | None, *, seconds: float = 0.0
    ) -> News | None:
        """Remember one attempt; return what there is to tell.

        That is how it ended, if not as the one before; what has never worked is
        told when it goes on. Only the duration of a successful attempt counts. Of a
        *passing* target success is counted, and not kept.
        """
        kind = target.path, target.family
        self.attempts[kind] += 1
        durations = self.durations.setdefault(kind, Durations())
        if failure is None:
            durations.add(seconds)
        else:
            self.failures[*kind, failure] += 1
        now, place = self._wall(), _place(target)
        before = self._latest.get(place)
        if before is None or before.node not in {"", target.node}:
            before = Latest(target.node, failure=None, since=now)
        keeps = (before.failure is None) is (failure is None)
        after = Latest(
            target.node,
            failure,
            last_success=before.last_success if failure else now,
            since=before.since if keeps else now,
            seconds=seconds,
            failures=before.failures + 1 if failure else 0,
        )
        self._latest[place] = after
        if target.passing and failure is None:
            del self._latest[place]
        return _news(before, after)

    def retain(self, targets: Iterable[Target]) -> None:
        """Forget the latest attempts on all paths but those to *targets*."""
        places = {_place(target) for target in targets}
        self._latest = {p: s for p, s in self._latest.items() if p in places}

    def series(self) -> dict[Labels, tuple[Latest, ...]]:
        """Return the latest attempts by labels, more than one where they coincide."""
        groups: dict[Labels, tuple[Latest, ...]] = {}
        for (path, family, form, _, _), latest in self._latest.items():
            labels = path, family, form, latest.node
            groups[labels] = (*groups.get(labels, ()), latest)
        return groups


def _news(before: Latest, after: Latest) -> News | None:
    if after.failure is None:
        if before.failure is None or not before.is_told:
            return None
        return News.WORKS_AGAIN if before.last_success else News.WORKS
    old_news = before.failure is after.failure and before.is_told
    return News.FAILS if after.is_told and not old_news else None


def _place(target: Target) -> _Place:
    return target.path, target.family, target.form, target.address, target.port
