"""What the attempts came to, by workload, in bounded memory."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from agent.findings import Reason, Report
from agent.report.requests import RequestRow, Requests
from agent.requests.attempts import Attempt
from agent.requests.denial import denial
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.series import HOST, MOST_PODS, OTHERS, UNKNOWN, Series

MOST_OTHERS = 16
_IDLE = 3600.0  # seconds after which a workload makes room for another one
_STARTING = "the watch has not begun yet"

_UNNAMED = {
    OwnerKind.POD: OTHERS,
    OwnerKind.HOST: HOST,
    OwnerKind.UNKNOWN: UNKNOWN,
}
_Key = tuple[OwnerKind, str, str]


class Outcome(StrEnum):
    """What came of an attempt."""

    IN_KERNEL = "in_kernel"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Counts:
    """The counters of one series; *last_denied* is Unix time, 0 for never."""

    requests: int = 0
    denied: int = 0
    last_denied: float = 0.0
    reason: str = ""


@dataclass(slots=True)
class _Workload:
    row: RequestRow
    series: Series


@dataclass(slots=True)
class Record:
    """Remembers 64 pods and 16 others; what more of them do is counted without names.

    Who names his processes as he likes can push out no pod by that.
    It is written by one thread and read by others.
    """

    problem: str = _STARTING
    sees_refusals: bool | None = None
    lost: int = 0
    series: dict[Series, Counts] = field(default_factory=dict)
    _total: Counter[str] = field(default_factory=Counter)
    _workloads: dict[_Key, _Workload] = field(default_factory=dict)
    _reason: Reason | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _announce: Callable[[], None] | None = None

    def heed(self, announce: Callable[[], None]) -> None:
        """Call *announce* when a workload is denied first, and when it is known why."""
        self._announce = announce

    def note(self, attempt: Attempt, outcome: Outcome, at: float) -> RequestRow | None:
        """Count an attempt made *at* (Unix time); return who is denied first now."""
        row = self._count_in(attempt, outcome, at)
        self._tell(is_new=row is not None)
        return row

    def _count_in(
        self, attempt: Attempt, outcome: Outcome, at: float
    ) -> RequestRow | None:
        denied = outcome is Outcome.DENIED
        with self._lock:
            reason = self._why(attempt) if denied else ""
            self._total.update(requests=1, denied=int(denied))
            workload = self._find(attempt.owner, at)
            series = workload.series if workload else _UNNAMED[attempt.owner.kind]
            _count(self.series.setdefault(series, Counts()), at, reason, denied=denied)
            if workload is None:
                self._total["unnamed"] += 1
                return None
            is_new = denied and not workload.row.denied
            workload.row = _renew(workload.row, attempt, at, reason, denied=denied)
            return workload.row if is_new else None

    def hear(self, report: Report) -> None:
        """Know from now on why SCTP is denied, also what has just been denied."""
        with self._lock:
            self._reason = denial(report)
            if self._reason is None:
                return
            for counts in self.series.values():
                if counts.last_denied and not counts.reason:
                    counts.reason = self._reason.value
            unexplained = [
                workload
                for workload in self._workloads.values()
                if workload.row.denied and not workload.row.reason
            ]
            for workload in unexplained:
                workload.row = replace(workload.row, reason=self._reason.value)
        self._tell(is_new=bool(unexplained))

    def summary(self) -> Requests:
        """Return what is known, the workload denied last first."""
        with self._lock:
            rows = [workload.row for workload in self._workloads.values()]
            total = self._total.copy()
        rows.sort(key=lambda row: (row.last_denied or 0.0, row.last), reverse=True)
        return Requests(
            self.problem,
            self.sees_refusals,
            self.lost,
            total["requests"],
            total["denied"],
            total["unnamed"],
            tuple(rows),
        )

    def counts(self) -> dict[Series, Counts]:
        """Return a copy of all series."""
        with self._lock:
            return {series: replace(counts) for series, counts in self.series.items()}

    def _tell(self, *, is_new: bool) -> None:
        if self._announce and is_new:
            self._announce()

    def _why(self, attempt: Attempt) -> str:
        reason = Reason.SELINUX_DENIES_LOAD if attempt.refused else self._reason
        return reason.value if reason else ""

    def _find(self, owner: Owner, at: float) -> _Workload | None:
        """Return the workload of *owner*, None where there is no room for a new one."""
        key = _key(owner)
        workload = self._workloads.get(key)
        if workload:
            return workload
        is_pod = owner.kind is OwnerKind.POD
        rivals = [k for k in self._workloads if (k[0] is OwnerKind.POD) is is_pod]
        if len(rivals) >= (MOST_PODS if is_pod else MOST_OTHERS):
            oldest = min(rivals, key=lambda k: self._workloads[k].row.last)
            if at - self._workloads[oldest].row.last < _IDLE:
                return None
            idle = self._workloads.pop(oldest)
            if idle.series[0]:
                self.series.pop(idle.series, None)
        series = _UNNAMED[owner.kind]
        if owner.kind is OwnerKind.POD and owner.pod_name:
            series = owner.pod_namespace, owner.pod_name
        row = RequestRow(owner, 0, (), 0, 0, at, at, None, "")
        self._workloads[key] = _Workload(row, series)
        return self._workloads[key]


def _key(owner: Owner) -> _Key:
    if owner.kind is OwnerKind.POD:
        name = owner.pod_namespace, owner.pod_name
        return (
            (owner.kind, *name) if owner.pod_name else (owner.kind, "", owner.pod_uid)
        )
    return owner.kind, owner.unit, "" if owner.unit else owner.command


def _count(counts: Counts, at: float, reason: str, *, denied: bool) -> None:
    counts.requests += 1
    if denied:
        counts.denied += 1
        counts.last_denied, counts.reason = at, reason


def _renew(
    row: RequestRow, attempt: Attempt, at: float, reason: str, *, denied: bool
) -> RequestRow:
    sockets = tuple(sorted({*row.sockets, attempt.socket}))
    return replace(
        row,
        owner=attempt.owner,
        pid=attempt.pid,
        sockets=sockets,
        requests=row.requests + 1,
        denied=row.denied + denied,
        last=at,
        last_denied=at if denied else row.last_denied,
        reason=reason if denied else row.reason,
    )
