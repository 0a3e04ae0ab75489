"""Who asked for SCTP while it was not in the kernel: for the page and the report."""

from dataclasses import dataclass
from typing import Any

from agent.report.owner_names import owner_names
from agent.times import rfc3339
from agent.workloads.owner import Owner, OwnerKind


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One workload that asked; *owner* and *pid* are those of its latest attempt.

    *sockets* are the kinds it asked for, as "ipv4 one-to-one". Times are Unix times;
    *last_denied* is None where nothing was denied. *reason* is why, "" if that is not
    known.
    """

    owner: Owner
    pid: int
    sockets: tuple[str, ...]
    requests: int
    denied: int
    first: float
    last: float
    last_denied: float | None
    reason: str

    @property
    def title(self) -> str:
        """What the workload is called."""
        owner = self.owner
        if owner.kind is OwnerKind.POD:
            return owner.pod or f"pod {owner.pod_uid}"
        if owner.kind is OwnerKind.HOST:
            return owner.unit or f"{owner.command or 'a process'} on the host"
        return f"{owner.command or 'a process'}, whose is not known"

    def as_dict(self) -> dict[str, Any]:
        """Return the form the report shows."""
        return {
            "owner": self.owner.kind.value,
            **owner_names(self.owner),
            "pid": self.pid,
            "owner_problem": self.owner.problem or None,
            "sockets": list(self.sockets),
            "requests": self.requests,
            "denied": self.denied,
            "first": rfc3339(self.first),
            "last": rfc3339(self.last),
            "last_denied": self.last_denied and rfc3339(self.last_denied),
            "reason": self.reason or None,
        }


@dataclass(frozen=True, slots=True)
class Requests:
    """All that was seen; *unnamed* requests are of workloads that have no row.

    *problem* is why requests are not seen, "" while they are. *sees_refusals* tells
    whether those that SELinux refuses are seen, too, and is None where there is no
    SELinux to refuse any. *lost* events were not read.
    """

    problem: str
    sees_refusals: bool | None
    lost: int
    requests: int
    denied: int
    unnamed: int
    rows: tuple[RequestRow, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the form the report shows."""
        return {
            "watched": not self.problem,
            "problem": self.problem or None,
            "selinux_refusals_seen": self.sees_refusals,
            "lost_events": self.lost,
            "requests": self.requests,
            "denied": self.denied,
            "without_a_row": self.unnamed,
            "workloads": [row.as_dict() for row in self.rows],
        }
