"""Who uses SCTP, in the forms for machines: JSON, and metrics with bounded labels."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from agent.report.metric_families import Metric, gauge
from agent.report.owner_names import owner_names
from agent.times import rfc3339
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.series import HOST, LABELS, MOST_PODS, OTHERS, UNKNOWN, Series
from agent.workloads.usage import (
    Association,
    AssociationState,
    Endpoint,
    Path,
    Workload,
    Workloads,
)


def as_dict(workloads: Workloads) -> dict[str, Any]:
    """Return the part `workloads` of the report."""
    return {
        "time": None if workloads.time is None else rfc3339(workloads.time),
        "stack": workloads.stack,
        "complete": workloads.complete,
        "problems": list(workloads.problems),
        "processes": workloads.processes,
        "network_namespaces": workloads.namespaces,
        "users": [_user(user) for user in workloads.users],
    }


def families(workloads: Workloads) -> Iterator[Metric]:
    """Yield fresh metric families; those of pods are bounded in number.

    The pods with most associations have their names, at most 64: between equal ones
    the names decide, so that the choice is stable.
    """
    by_labels = _by_labels(workloads.users)
    yield gauge(
        "sctp_node_workload_endpoints",
        "Listening SCTP sockets.",
        {labels: sum(len(u.endpoints) for u in users) for labels, users in by_labels},
        LABELS,
    )
    yield gauge(
        "sctp_node_workload_associations",
        "SCTP associations by state; established ones always, others where any are.",
        {
            (*labels, state.value): count
            for labels, users in by_labels
            for state, count in _by_state(users).items()
        },
        (*LABELS, "state"),
    )
    yield gauge(
        "sctp_node_workload_retransmitted_chunks",
        "DATA chunks sent again in the associations that there are.",
        {labels: sum(u.retransmissions for u in users) for labels, users in by_labels},
        LABELS,
    )
    yield gauge(
        "sctp_node_workload_inactive_paths",
        "Remote addresses that do not answer, of associations that there are.",
        {labels: sum(u.inactive_paths for u in users) for labels, users in by_labels},
        LABELS,
    )
    owners = (user.owner for user in workloads.users)
    pods = {o.pod_uid or _labels(o) for o in owners if o.kind is OwnerKind.POD}
    yield gauge(
        "sctp_node_workload_pods",
        "Pods that have SCTP endpoints or associations, those without a name included.",
        {(): len(pods)},
    )
    yield gauge(
        "sctp_agent_workloads_complete",
        "Whether the latest look at who uses SCTP saw all there is.",
        {(): float(workloads.complete)},
    )
    if workloads.time is not None:
        yield gauge(
            "sctp_agent_workloads_timestamp_seconds",
            "When it was looked last who uses SCTP, in Unix time.",
            {(): workloads.time},
        )


def _by_labels(
    users: Sequence[Workload],
) -> list[tuple[tuple[str, ...], list[Workload]]]:
    """Return the users by their labels, in the order of the labels."""
    by_labels: dict[tuple[str, ...], list[Workload]] = defaultdict(list)
    for user in users:
        by_labels[_labels(user.owner)].append(user)
    pods = [labels for labels, members in by_labels.items() if _is_pod(members[0])]
    pods.sort(key=lambda labels: (-_associations(by_labels[labels]), labels))
    for labels in pods[MOST_PODS:]:
        by_labels[OTHERS] += by_labels.pop(labels)
    return sorted(by_labels.items())


def _labels(owner: Owner) -> Series:
    if owner.kind is OwnerKind.HOST:
        return HOST
    if not owner.pod_name:
        return UNKNOWN
    return owner.pod_namespace, owner.pod_name


def _is_pod(user: Workload) -> bool:
    return user.owner.pod_name != ""


def _associations(users: Sequence[Workload]) -> int:
    return sum(len(user.associations) for user in users)


def _by_state(users: Sequence[Workload]) -> dict[AssociationState, int]:
    counts = {AssociationState.ESTABLISHED: 0}
    for user in users:
        for association in user.associations:
            counts[association.state] = counts.get(association.state, 0) + 1
    return counts


def _user(user: Workload) -> dict[str, Any]:
    owner = user.owner
    return {
        "owner": {
            "kind": owner.kind.value,
            **owner_names(owner),
            "container_id": owner.container_id or None,
            "problem": owner.problem or None,
        },
        "endpoints": [_endpoint(endpoint) for endpoint in user.endpoints],
        "associations": [
            _association(association) for association in user.associations
        ],
    }


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "port": endpoint.port,
        "style": endpoint.style.value,
        "addresses": list(endpoint.addresses),
    }


def _association(association: Association) -> dict[str, Any]:
    return {
        "id": association.number,
        "state": association.state.value,
        "style": association.style.value,
        "local_port": association.local_port,
        "remote_port": association.remote_port,
        "local_addresses": list(association.local_addresses),
        "paths": [_path(path) for path in association.paths],
        "send_queue_bytes": association.send_queue,
        "receive_queue_bytes": association.receive_queue,
        "retransmitted_chunks": association.retransmissions,
        "heartbeat_interval_jiffies": association.heartbeat_interval,
        "streams_in": association.streams_in,
        "streams_out": association.streams_out,
    }


def _path(path: Path) -> dict[str, Any]:
    return {
        "address": path.address,
        "primary": path.primary,
        "state": path.state.value,
        "heartbeat": path.heartbeat,
        "rto_jiffies": path.rto,
        "max_retransmissions": path.most_retransmissions,
    }
