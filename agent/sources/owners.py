"""Whose a process of the node is: its cgroup, and the folders of the pods' logs."""

import time
from collections.abc import Callable
from dataclasses import replace

from agent.hostfs.host import Host
from agent.hostfs.processes import Processes
from agent.workloads import cgroup, pods
from agent.workloads.attribution import Names, owner
from agent.workloads.owner import Owner, OwnerKind, word

_PODS, _CONTAINERS = "/var/log/pods", "/var/log/containers"
_CGROUP_LIMIT = 1 << 16
_COMMAND_LIMIT = 1 << 8
_AGAIN = 1.0  # seconds; a pod that is not found may be new
_GONE = "it has ended"


class Owners:
    """Says whose processes are, again and again.

    The names of the pods are read when they are needed first, by *refresh*, and at
    most once a second when a pod is not among them. *clock* counts seconds.
    """

    def __init__(
        self, host: Host, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._host = host
        self._clock = clock
        self._names: Names | None = None
        self._read_at = 0.0
        self._only: dict[str, str] = {}
        self._linked: frozenset[tuple[str, str]] = frozenset()

    def refresh(self) -> None:
        """Read the names of the pods anew when they are needed next."""
        self._names = None

    def of(self, pid: int, processes: Processes) -> Owner:
        """Return the owner of the process, of an unknown kind where that is not known.

        It never raises what the node does.
        """
        return self._of(pid, processes, _command(pid, processes))

    def without_command(self, pid: int, processes: Processes) -> Owner:
        """Return the owner, and do not ask what the process is called."""
        return self._of(pid, processes, "")

    def _of(self, pid: int, processes: Processes, command: str) -> Owner:
        file = processes.read(pid, "cgroup", _CGROUP_LIMIT)
        if not file.readable:
            return Owner(command=command, problem=file.problem or _GONE)
        place = cgroup.parse(file.text)
        candidate = owner(place, command, self._current(processes))
        if (
            candidate.kind is OwnerKind.POD
            and not candidate.pod_name
            and self._may_be_new()
        ):
            self.refresh()
            candidate = owner(place, command, self._current(processes))
        return self._with_container(candidate)

    def _may_be_new(self) -> bool:
        return self._clock() - self._read_at >= _AGAIN

    def _current(self, processes: Processes) -> Names:
        if self._names is None:
            self._read_at = self._clock()
            self._only = {}
            self._names = self._read(processes)
            containers = self._names.containers.values()
            self._linked = frozenset((c.namespace, c.pod) for c in containers)
        return self._names

    def _read(self, processes: Processes) -> Names:
        folders = self._host.listdir(_PODS)
        links = self._host.listdir(_CONTAINERS)
        init = processes.read(1, "cgroup", _CGROUP_LIMIT)
        first = cgroup.parse(init.text) if init.readable else None
        problems = [
            f"{listing.path}: {listing.problem}"
            for listing in (folders, links)
            if listing.unseen
        ]
        return Names(
            {} if folders.unseen else pods.pods(folders.names),
            {} if links.unseen else pods.containers(links.names),
            out_of_view=first is None or first.hidden,
            problem=word("; ".join(problems)),
        )

    def _with_container(self, pod_owner: Owner) -> Owner:
        """Name the container by its folder where no link does, and it is the only."""
        names = self._names
        pod = names.pods.get(pod_owner.pod_uid) if names else None
        if not pod or pod_owner.container or not pod_owner.container_id:
            return pod_owner
        if (pod.namespace, pod.name) in self._linked:  # this is the pod's sandbox
            return pod_owner
        if pod.folder not in self._only:
            inside = self._host.listdir(f"{_PODS}/{pod.folder}")
            name = "" if inside.unseen else pods.only_container(inside.names)
            self._only[pod.folder] = name
        return replace(pod_owner, container=self._only[pod.folder])


def _command(pid: int, processes: Processes) -> str:
    file = processes.read(pid, "comm", _COMMAND_LIMIT)
    return word(file.text.removesuffix("\n")) if file.readable else ""
