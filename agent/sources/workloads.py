"""Who uses SCTP on this node: one look at its processes and their network namespaces.

Only /proc is read, and the names of the pods' logs. The kernel is not asked over
netlink: that would make it load sctp_diag.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.hostfs.host import Host
from agent.hostfs.processes import Processes, processes_of
from agent.hostfs.values import UnseenError
from agent.sources.holders import Holders
from agent.sources.namespaces import Namespaces
from agent.sources.owners import Owners
from agent.workloads import tables
from agent.workloads.owner import Owner, OwnerKind, word
from agent.workloads.tables import Table
from agent.workloads.usage import Association, Endpoint, Workload, Workloads

#: Descriptors to look at in one search, once a minute, and where it is the only one.
SOME, MANY = 10_000, 200_000
_STACK, _TABLES = "net/sctp", ("eps", "assocs")
_TABLE_LIMIT = 1 << 22  # bytes; some 15,000 associations in one namespace
_MOST_LOOKED_AT = 4  # processes of a namespace that are asked whose they are
_NOBODY = "no process was found that holds its socket"


Use = Endpoint | Association
#: A network namespace, the first processes in it, and whether there are more.
_Members = tuple[str, tuple[int, ...], bool]


class WorkloadReader:
    """Looks again and again; *most* descriptors are searched at a time for holders."""

    def __init__(
        self,
        host: Host,
        *,
        most: int = SOME,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._host = host
        self._now = now
        self._owners = Owners(host)
        self._holders = Holders(self._owners, most)
        self._namespaces = Namespaces()
        self._pods: dict[_Members, Owner] = {}
        self._pods_now: dict[_Members, Owner] = {}

    @property
    def reading(self) -> str:
        """Return the path that is being read."""
        return self._host.reading

    def read(self) -> Workloads:
        """Return who uses SCTP now; what was not seen is among the problems."""
        self._owners.refresh()
        self._holders.begin()
        try:
            with processes_of(self._host) as processes:
                return self._read(processes)
        except UnseenError as error:
            problem = word(str(error))
            return Workloads(problems=(problem,), time=self._now())

    def _read(self, processes: Processes) -> Workloads:
        if not processes.names(1, _STACK):
            return Workloads(time=self._now())  # of one namespace, of all
        namespaces = self._namespaces.read(processes)
        problems = [*self._namespaces.problems]
        first = next((n for n, inside in namespaces.items() if 1 in inside), "")
        uses: dict[Owner, list[Use]] = defaultdict(list)
        for namespace, inside in namespaces.items():
            table = _table(inside, processes, problems)
            if not table:
                continue
            problems += table.problems
            # The host's has processes of many: so has any that may be it.
            pod = (
                self._pod(namespace, inside, processes) if namespace != first else None
            )
            if pod and first:
                uses[pod] += (*table.endpoints, *table.associations)
                continue
            for owner, use in self._each(namespace, inside, table, processes):
                uses[owner].append(use)
        problems += self._holders.problems
        self._pods, self._pods_now = self._pods_now, {}
        return Workloads(
            users=tuple(sorted(map(_workload, uses.items()), key=_most_first)),
            stack=True,
            problems=tuple(dict.fromkeys(problems)),
            processes=self._namespaces.processes,
            namespaces=len(namespaces),
            time=self._now(),
        )

    def _pod(
        self, namespace: str, pids: Sequence[int], processes: Processes
    ) -> Owner | None:
        """Return the pod whose namespace it is, None where none or more are in it.

        As long as the same processes are in it, it is the same pod's: its UID and its
        names never change.
        """
        key = (namespace, tuple(pids[:_MOST_LOOKED_AT]), len(pids) > _MOST_LOOKED_AT)
        pod = self._pods.get(key) or self._find_pod(pids, processes)
        if pod and pod.pod_name:
            self._pods_now[key] = pod
        return pod

    def _find_pod(self, pids: Sequence[int], processes: Processes) -> Owner | None:
        owners = {
            self._owners.without_command(pid, processes)
            for pid in pids[:_MOST_LOOKED_AT]
        }
        pods = {o for o in owners if o.kind is OwnerKind.POD}
        if len({(o.pod_uid, o.pod_namespace, o.pod_name) for o in pods}) != 1:
            return None
        if len(pids) > _MOST_LOOKED_AT:
            return replace(next(iter(pods)), container="", container_id="")
        names = {o.container for o in pods if o.container}
        numbers = {o.container_id for o in pods if o.container in names}
        return replace(
            next(iter(pods)),
            container=names.pop() if len(names) == 1 else "",
            container_id=numbers.pop() if len(numbers) == 1 else "",
        )

    def _each(
        self,
        namespace: str,
        pids: Sequence[int],
        table: Table,
        processes: Processes,
    ) -> Iterator[tuple[Owner, Use]]:
        """Yield every endpoint and association with who holds its socket.

        A socket that nobody has accepted yet is its listener's.
        """
        uses: tuple[Use, ...] = (*table.endpoints, *table.associations)
        inodes = {use.inode for use in uses} - {0}
        holders = self._holders.find(inodes, namespace, pids, processes)
        listeners = {e.port: holders.get(e.inode) for e in table.endpoints}
        for use in uses:
            owner = holders.get(use.inode)
            if not use.inode and isinstance(use, Association):
                owner = listeners.get(use.local_port)
            yield owner or Owner(problem=_NOBODY), use


def _table(
    pids: Sequence[int], processes: Processes, problems: list[str]
) -> Table | None:
    """Read the tables by one of the processes; None where nothing is in them."""
    for pid in pids:
        files = [
            processes.read(pid, f"{_STACK}/{name}", _TABLE_LIMIT) for name in _TABLES
        ]
        if all(file.readable for file in files):
            if all(file.data.count(b"\n") == 1 for file in files):
                return None  # the columns' names alone
            files.append(processes.read(pid, f"{_STACK}/remaddr", _TABLE_LIMIT))
        unseen = [file for file in files if file.unseen]
        if unseen:
            problems += (word(f"{file.path}: {file.problem}") for file in unseen)
            return None
        if all(file.readable for file in files):
            return tables.parse(*(file.text for file in files))
    return None  # they have ended, and nobody of the namespace is left


def _workload(item: tuple[Owner, list[Use]]) -> Workload:
    owner, uses = item
    return Workload(
        owner,
        tuple(use for use in uses if isinstance(use, Endpoint)),
        tuple(use for use in uses if isinstance(use, Association)),
    )


def _most_first(user: Workload) -> tuple[int, int, str]:
    return -len(user.associations), -len(user.endpoints), f"{user.owner}"
