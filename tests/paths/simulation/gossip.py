"""A fleet without sockets: who knows whose name, and whom each node watches."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from agent.paths.directory import YOUNG
from agent.paths.ring import position

MOST_ASKED = 64
_MOST_TOLD = 128
_LONG_AGO = -YOUNG


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a round went: the least watchers of a node, in all and by names alone.

    *known* is the mean share of names that a node knows, *probes* the mean number
    of pods that it probes.
    """

    least: int
    least_by_name: int
    known: float
    probes: float


class Fleet:
    """Nodes as numbers, in the order of the ring of names.

    It follows the rules of agent.paths.targets and agent.paths.rounds, with
    arrays where these have names and addresses.
    """

    def __init__(self, size: int, *, neighbours: int, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311  # a simulation
        self.size, self._neighbours = size, neighbours
        self._known = [bytearray(size) for _ in range(size)]
        self._names: list[list[int]] = [[] for _ in range(size)]  # the same, listed
        self._since = [0] * size
        self._place = [self._new_address() for _ in range(size)]
        self.alive: set[int] = set()
        self._round = 0
        self._old = 0
        self._ring: dict[int, tuple[int, ...]] = {}

    def know_everything(self) -> None:
        """Let all living nodes be old and know all names."""
        names = bytearray(n in self.alive for n in range(self.size))
        for node in self.alive:
            self._known[node][:] = names
            self._known[node][node] = 0
            self._names[node] = [other for other in self.alive if other != node]
            self._since[node] = _LONG_AGO + self._round

    def start(self, nodes: Iterable[int]) -> None:
        """Start these nodes, or start them again: with new addresses, knowing none."""
        nodes = list(nodes)
        self.stop(nodes)
        for node in nodes:
            self.alive.add(node)
            self._known[node] = bytearray(self.size)
            self._names[node] = []
            self._since[node] = self._round
            self._place[node] = self._new_address()
        self._order()

    def stop(self, nodes: Iterable[int]) -> None:
        """Take these nodes out of DNS: nobody knows their addresses any more."""
        gone = self.alive & set(nodes)
        self.alive -= gone
        for node in self.alive if gone else ():
            for other in gone:
                self._known[node][other] = 0
            self._names[node] = [n for n in self._names[node] if n not in gone]
        self._order()

    def turn(self) -> Coverage:
        """Let every node probe its targets once, in any order."""
        self._old = sum(not self._is_new(node, node) for node in self.alive)
        plans = {node: self._plan(node) for node in self.alive}
        coverage = self._coverage(plans)
        for node in self._random.sample(sorted(plans), len(plans)):
            for target in plans[node][0] | plans[node][1]:
                self._probe(node, target)
        self._round += 1
        return coverage

    def pairs(self) -> set[tuple[int, int]]:
        """Return who watches whom now."""
        self._old = sum(not self._is_new(node, node) for node in self.alive)
        return {
            (node, target)
            for node in self.alive
            for targets in self._plan(node)
            for target in targets
        }

    def _new_address(self) -> int:
        return position(str(self._random.random()))

    def _order(self) -> None:
        ring = sorted(self.alive, key=self._place.__getitem__)
        twice = ring + ring
        count = min(self._neighbours, len(ring) - 1)
        self._ring = {
            node: tuple(twice[at + 1 : at + 1 + count]) for at, node in enumerate(ring)
        }

    def _plan(self, node: int) -> tuple[set[int], set[int]]:
        known = self._known[node]
        by_address = {
            target
            for target in self._ring[node]
            if not known[target] or self._is_new(node, target)
        }
        return set(self._by_name(node)), by_address

    def _by_name(self, node: int) -> list[int]:
        found: list[int] = []
        needed, count = self._neighbours, self._neighbours
        # To a new node everybody is; an old one knows all that are old.
        has_old = not self._is_new(node, node) and self._old >= count
        for target in self._known_after(node):
            found.append(target)
            needed -= not (has_old and self._is_new(node, target))
            if not needed or len(found) == 2 * count:
                break
        return found

    def _known_after(self, node: int) -> Iterator[int]:
        known = self._known[node]
        for start, end in ((node + 1, self.size), (0, node)):
            at = known.find(1, start, end)
            while at >= 0:
                yield at
                at = known.find(1, at + 1, end)

    def _is_new(self, node: int, target: int) -> bool:
        seen = max(self._since[node], self._since[target])
        return self._round - seen < YOUNG

    def _probe(self, node: int, target: int) -> None:
        """Learn the target's name and what it knows; it learns the asker's."""
        self._learn(node, [target])
        self._learn(target, [node])
        asked = self._unknown(node)
        if not asked:
            return
        theirs, names = self._known[target], self._names[target]
        told = [each for each in asked if theirs[each]]
        room = min(_MOST_TOLD - len(told), len(names))
        self._learn(node, told + self._random.sample(names, room))

    def _learn(self, node: int, told: Iterable[int]) -> None:
        known, names = self._known[node], self._names[node]
        for each in told:
            if not known[each] and each != node:
                known[each] = 1
                names.append(each)

    def _unknown(self, node: int) -> Collection[int]:
        known = self._known[node]
        lacking = len(self.alive) - 1 - len(self._names[node])
        if lacking > 4 * MOST_ASKED:
            return self._some_unknown(node, min(MOST_ASKED, lacking))
        unknown = [n for n in self.alive if not known[n] and n != node]
        return self._random.sample(unknown, min(MOST_ASKED, len(unknown)))

    def _some_unknown(self, node: int, count: int) -> set[int]:
        known, found = self._known[node], set[int]()
        while len(found) < count:
            other = int(self._random.random() * self.size)
            if not known[other] and other != node and other in self.alive:
                found.add(other)
        return found

    def _coverage(self, plans: dict[int, tuple[set[int], set[int]]]) -> Coverage:
        everybody = dict.fromkeys(self.alive, 0)
        by_name, by_any = Counter(everybody), Counter(everybody)
        for names, addresses in plans.values():
            by_name.update(names)
            by_any.update(names | addresses)
        count = len(self.alive)
        known = sum(len(self._names[node]) for node in self.alive)
        return Coverage(
            min(by_any.values()),
            min(by_name.values()),
            known / (count * max(count - 1, 1)),
            by_any.total() / count,
        )
