"""Which network namespace each process is in, without asking each of them every time.

A process goes to its namespace at its start, or never, but for a few programs. So one
that was found there once is asked again in one of the next two looks, and then once in
eight: what a start costs is spread. Another process with its number has another folder
in /proc, which has another inode.
"""

from collections import defaultdict

from agent.hostfs.processes import Processes
from agent.hostfs.values import UnseenError
from agent.workloads.owner import word

_NAMESPACE = "ns/net"
#: In one of how many looks a process is asked, by how often it was found there.
_EACH = (1, 2, 8)

#: The inode of its folder, its namespace, and how often it was found there.
_Answer = tuple[int, str, int]
_NEW: _Answer = (0, "", 0)


class Namespaces:
    """Finds the processes of each network namespace, again and again."""

    def __init__(self) -> None:
        self._answers: dict[int, _Answer] = {}
        self._look = 0
        self.processes = 0
        self.problems: list[str] = []

    def read(self, processes: Processes) -> dict[str, list[int]]:
        """Return the processes by namespace; those that have ended are in none.

        *problems* tell what was not seen, *processes* how many there are.
        """
        members: dict[str, list[int]] = defaultdict(list)
        answers: dict[int, _Answer] = {}
        self._look += 1
        refused, first = 0, ""
        for pid, inode in processes.pids():
            answer = self._answers.get(pid, _NEW)
            before, namespace, times = answer if answer[0] == inode else _NEW
            if (pid + self._look) % _EACH[times] == 0:
                try:
                    now = processes.link(pid, _NAMESPACE)
                except UnseenError as error:
                    refused += 1
                    first = first or str(error)
                    continue
                times = min(times + 1, 2) if now == namespace else 1
                before, namespace = inode, now
            if namespace:
                members[namespace].append(pid)
                answers[pid] = (before, namespace, times)
        self._answers, self.processes = answers, len(answers) + refused
        self.problems = []
        if refused:
            text = f"the network namespaces of {refused} processes, {first}"
            self.problems.append(word(text))
        return members
