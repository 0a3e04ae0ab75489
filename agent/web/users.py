"""Who uses SCTP, as the table of the page has it: a row for each, at most so many."""

from dataclasses import dataclass

from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.usage import AssociationState, Workload, Workloads

_MOST_ROWS, _MOST_PORTS, _MOST_PROBLEMS = 32, 4, 8


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user; *detail* tells more of who it is."""

    name: str
    detail: str
    endpoints: int
    ports: str
    associations: int
    not_established: int
    retransmissions: int
    inactive_paths: int


@dataclass(frozen=True, slots=True)
class Users:
    """The rows, and how many *more* there are."""

    rows: tuple[UserRow, ...]
    more: int
    problems: tuple[str, ...]
    time: float | None


def users(workloads: Workloads) -> Users | None:
    """Return what the page shows, None where there is nothing to show."""
    if not workloads.users and not workloads.problems:
        return None
    return Users(
        tuple(_row(user) for user in workloads.users[:_MOST_ROWS]),
        max(len(workloads.users) - _MOST_ROWS, 0),
        workloads.problems[:_MOST_PROBLEMS],
        workloads.time,
    )


def _row(user: Workload) -> UserRow:
    name, detail = _name_of(user.owner)
    states = [association.state for association in user.associations]
    ports = [str(port) for port in sorted({e.port for e in user.endpoints})]
    return UserRow(
        name=name,
        detail=detail,
        endpoints=len(user.endpoints),
        ports=", ".join(
            [*ports[:_MOST_PORTS], *(["…"] if ports[_MOST_PORTS:] else [])]
        ),
        associations=len(states),
        not_established=sum(s is not AssociationState.ESTABLISHED for s in states),
        retransmissions=user.retransmissions,
        inactive_paths=user.inactive_paths,
    )


def _name_of(owner: Owner) -> tuple[str, str]:
    """Return the name, and what else is known."""
    if owner.kind is OwnerKind.POD:
        name = owner.pod or owner.pod_uid
        return name, f"pod, container {owner.container}" if owner.container else "pod"
    if owner.kind is OwnerKind.HOST:
        return owner.command or owner.unit, f"host, {owner.unit or 'no unit'}"
    return "not known", owner.problem
