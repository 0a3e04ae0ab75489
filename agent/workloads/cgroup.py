"""The text of /proc/PID/cgroup as pod, container and unit. Pure.

The kubelet names the cgroup of a pod by its UID, and the runtime puts one for each
container below. The systemd driver writes `kubepods-burstable-podUID.slice` with
`cri-containerd-ID.scope`, `crio-ID.scope` or `docker-ID.scope` in it, the cgroupfs
driver `kubepods/burstable/podUID/ID`. What a container makes below its own cgroup is
named by whoever is in it: only the outermost pod and container count.
"""

import re
from dataclasses import dataclass
from itertools import takewhile

from agent.workloads.owner import word

#: In a slice, systemd has "_" for the "-" of a UID. 32 digits are a static pod's.
_UID = r"(?P<uid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})"
_SLICE = rf"(?:[a-z0-9._-]+-)?kubepods(?:-burstable|-besteffort)?-pod{_UID}\.slice"
_POD_SLICE = re.compile(_SLICE)
_POD_FOLDER = re.compile(f"pod{_UID}")
_ABOVE_POD_FOLDERS = frozenset({"kubepods", "burstable", "besteffort"})
#: A runtime that was not told of systemd takes its path for the name of a folder.
_SLICE_AS_FOLDER = re.compile(rf"{_SLICE}:[a-z0-9-]+:(?P<id>[0-9a-f]{{64}})")
_CONTAINER = re.compile(r"(?:[a-z][a-z0-9-]*-)?(?P<id>[0-9a-f]{64})(?:\.scope)?")
_MONITOR = re.compile(r"(?:crio|libpod)-conmon-[0-9a-f]{64}(?:\.scope)?")
_UNIT = re.compile(r".+\.(?:service|scope|socket|mount|swap)")
_USERS = "user.slice"
_HIDDEN = ".."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process is in the tree of cgroups; "" is what the path does not say.

    *monitor* is true of the runtime's own process beside a container. *hidden* is
    true where the path does not begin at the node's root.
    """

    pod_uid: str = ""
    container_id: str = ""
    unit: str = ""
    monitor: bool = False
    hidden: bool = False


def parse(text: str) -> Place | None:
    """Return the place that *text* says, None where it says none or two pods.

    cgroup v1 has a line for each hierarchy. Not all of them need know the container.
    """
    places = [place(path) for path in _paths(text)]
    if not places or len({p.pod_uid for p in places if p.pod_uid}) > 1:
        return None
    return max(places, key=_detail)


def _paths(text: str) -> list[str]:
    fields = (line.split(":", 2) for line in text.splitlines())
    return [field[2] for field in fields if len(field) == 3 and field[2][:1] == "/"]  # noqa: PLR2004  # number, controllers, path


def _detail(candidate: Place) -> tuple[bool, bool, bool]:
    return (candidate.pod_uid != "", candidate.container_id != "", candidate.unit != "")


def place(path: str) -> Place:
    """Return what one *path* in a hierarchy says."""
    parts = [part for part in path.split("/") if part]
    above = len([*takewhile(lambda part: part == _HIDDEN, parts)])
    hidden, parts = above > 0, parts[above:]
    unit = next((word(part) for part in parts if _UNIT.fullmatch(part)), "")
    monitor = any(_MONITOR.fullmatch(part) for part in parts)
    if parts[:1] == [_USERS]:  # the user decides about the names below
        return Place(unit=unit, hidden=hidden)
    uid, container, below = "", "", parts
    for number, part in enumerate(parts):
        if match := _SLICE_AS_FOLDER.fullmatch(part):
            uid, container, below = match["uid"], match["id"], []
            break
        before = parts[number - 1] if number else ""
        match = _POD_SLICE.fullmatch(part)
        if not match and (before in _ABOVE_POD_FOLDERS or (hidden and not number)):
            match = _POD_FOLDER.fullmatch(part)
        if match:
            uid, below = match["uid"], parts[number + 1 :]
            break
    for part in below:
        if not container and (match := _CONTAINER.fullmatch(part)):
            container = "" if monitor else match["id"]
    return Place(uid.replace("_", "-"), container, unit, monitor, hidden)
