"""From where a process is, and what pods are called, to its owner. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.workloads.cgroup import Place
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.pods import Container, Pod

_NO_PLACE = "its cgroups do not say one pod or none"
_OUT_OF_VIEW = "its cgroup is not seen from that of the agent"
_NO_FOLDER = "no folder in /var/log/pods has its UID"


@dataclass(frozen=True, slots=True)
class Names:
    """What the pods and containers of the node are called; *problem*: why not all.

    *out_of_view* is true where the agent does not see the tree of cgroups from its
    root, so that "/" is not the node's.
    """

    pods: Mapping[str, Pod] = field(default_factory=dict)
    containers: Mapping[str, Container] = field(default_factory=dict)
    out_of_view: bool = False
    problem: str = ""


def owner(place: Place | None, command: str, names: Names) -> Owner:
    """Return the owner of the process *command* at *place*."""
    if place is None:
        return Owner(command=command, problem=_NO_PLACE)
    draft = Owner(command=command, unit=place.unit)
    if place.monitor:
        return replace(draft, kind=OwnerKind.HOST)
    draft = replace(draft, container_id=place.container_id)
    container = names.containers.get(place.container_id)
    if place.pod_uid:
        return _of_pod(replace(draft, pod_uid=place.pod_uid), container, names)
    if container:
        return _from_link(draft, container)
    if _maybe_a_pod(place, names):
        return replace(draft, problem=names.problem or _OUT_OF_VIEW)
    return replace(draft, kind=OwnerKind.HOST)


def _of_pod(draft: Owner, container: Container | None, names: Names) -> Owner:
    draft = replace(draft, kind=OwnerKind.POD, unit="")
    pod = names.pods.get(draft.pod_uid)
    if pod:
        same = container and (container.namespace, container.pod) == (
            pod.namespace,
            pod.name,
        )
        return replace(
            draft,
            pod_namespace=pod.namespace,
            pod_name=pod.name,
            container=container.name if container and same else "",
        )
    if container:
        return _from_link(draft, container)
    return replace(draft, problem=names.problem or _NO_FOLDER)


def _from_link(draft: Owner, container: Container) -> Owner:
    return replace(
        draft,
        kind=OwnerKind.POD,
        unit="",
        pod_namespace=container.namespace,
        pod_name=container.pod,
        container=container.name,
    )


def _maybe_a_pod(place: Place, names: Names) -> bool:
    """Tell whether what was not seen could make this process a pod's."""
    if place.container_id:
        return place.hidden or names.problem != ""
    return not place.unit and (place.hidden or names.out_of_view)
