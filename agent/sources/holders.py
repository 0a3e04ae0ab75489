"""Which process holds a socket, by the links in /proc/PID/fd: a bounded search."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from agent.hostfs.processes import Processes
from agent.hostfs.values import UnseenError
from agent.sources.owners import Owners
from agent.workloads.owner import Owner, word

_SOCKET = "socket:["


class Holders:
    """Finds who holds sockets, again and again.

    *most* descriptors are looked at between one *begin* and the next. A search looks
    first where sockets were found before, and goes on where the last one ran out.
    *problems* say what was left open since *begin*.
    """

    def __init__(self, owners: Owners, most: int) -> None:
        self._owners = owners
        self._most = most
        self._budget = most
        self._before: dict[int, int] = {}  # processes by inode
        self._now: dict[int, int] = {}
        self._stopped: dict[str, int] = {}  # processes by network namespace
        self.problems: list[str] = []

    def begin(self) -> None:
        """Begin anew, with all descriptors to spend."""
        self._budget = self._most
        self._before, self._now = self._now, {}
        self.problems = []

    def find(
        self,
        inodes: AbstractSet[int],
        namespace: str,
        pids: Sequence[int],
        processes: Processes,
    ) -> dict[int, Owner]:
        """Return whose the sockets are by *inodes*, of those that *pids* hold.

        These are the processes of one network *namespace*.
        """
        holders: dict[int, int] = {}
        start, refused = self._stopped.pop(namespace, 0), ""
        for pid in self._in_order(inodes, pids, start):
            if inodes <= holders.keys():
                break
            if self._budget <= 0:
                self._stopped[namespace] = pid
                self.problems.append(
                    f"only {self._most} descriptors were searched for sockets"
                )
                break
            try:
                own = self._sockets(pid, processes)
            except UnseenError as error:
                refused = refused or str(error)
                continue
            holders |= dict.fromkeys(own & inodes - holders.keys(), pid)
        if refused and not inodes <= holders.keys():
            self.problems.append(word(refused))
        self._now |= holders
        return {i: self._owners.of(pid, processes) for i, pid in holders.items()}

    def _in_order(
        self, inodes: AbstractSet[int], pids: Sequence[int], start: int
    ) -> Iterable[int]:
        earlier = {self._before[inode] for inode in inodes & self._before.keys()}
        behind = sorted(pids, key=lambda pid: (pid < start, pid))
        return dict.fromkeys([*sorted(earlier.intersection(pids)), *behind])

    def _sockets(self, pid: int, processes: Processes) -> set[int]:
        """Return the inodes of the sockets that a process has open."""
        links = [processes.link(pid, f"fd/{fd}") for fd in processes.names(pid, "fd")]
        self._budget -= len(links)
        numbers = (
            link.removeprefix(_SOCKET).removesuffix("]")
            for link in links
            if link.startswith(_SOCKET)
        )
        return {int(number) for number in numbers if number.isdecimal()}
