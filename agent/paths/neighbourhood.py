"""What this node knows of the others: asked anew each round, kept if none answers."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from agent.paths.directory import Directory
from agent.paths.names import Family, canonical, dialable, family
from agent.paths.peers import Peers
from agent.paths.silence import Silence
from agent.paths.single_flight import Search
from agent.paths.targets import Form, Matrix, Path, Service, Target, plan
from agent.paths.tour import Tour
from agent.threads import in_thread


@dataclass(frozen=True, slots=True)
class Searches:
    """How to find the peers, at *source*, and the addresses of each Service."""

    peers: Search[Peers]
    services: Mapping[Service, Search[tuple[str, ...]]] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """What could not be found now; *has_earlier* when an earlier answer stands in."""

    path: Path
    form: Form
    port: int
    has_earlier: bool

    def target(self, of: Family) -> Target:
        """Return the path that could not be tried: a target without address."""
        return Target(self.path, of, self.form, "", self.port)


class Surroundings:
    """Keeps the last answer of every search, and names learnt for the peers in it.

    *own_addresses* gives this node's addresses; it may block for a moment.
    """

    def __init__(
        self,
        matrix: Matrix,
        searches: Searches,
        *,
        own_addresses: Callable[[], Iterable[str]],
    ) -> None:
        self.matrix = matrix
        self.directory = Directory(matrix.own)
        self.tour = Tour()
        self._searches = searches
        self._own_addresses = own_addresses
        self._services = dict.fromkeys(searches.services, tuple[str, ...]())
        in_log: set[str] = set()
        self._no_peers = Silence(searches.source, in_log)
        self._silences = {s: Silence(s.host, in_log) for s in searches.services}

    @property
    def families(self) -> tuple[Family, ...]:
        """The families that this node has addresses of; IPv4 while it has none."""
        own = {family(address) for address in self.directory.own_addresses}
        return tuple(sorted(own or {Family.IPV4}))

    async def refresh(self, deadline: float) -> tuple[NoAnswer, ...]:
        """Ask everything again; return what did not answer within *deadline*."""
        answers = await asyncio.gather(
            self._search_peers(deadline),
            *(self._search(service, deadline) for service in self._services),
        )
        return tuple(each for each in answers if each)

    async def _search_peers(self, deadline: float) -> NoAnswer | None:
        directory = self.directory
        own = frozenset(dialable(await in_thread(self._own_addresses)))
        try:
            answer = await self._searches.peers.result(deadline)
        except (OSError, ValueError) as error:
            directory.own_addresses = own
            if self._no_peers.means_nobody(error):
                directory.keep({}, own)
            has_earlier = bool(directory.addresses)
            self._no_peers.goes_on(error, has_earlier=has_earlier)
            return NoAnswer(Path.POD, Form.SAME, self.matrix.port, has_earlier)
        self._no_peers.ends()
        directory.keep(answer, own)
        return None

    async def _search(self, service: Service, deadline: float) -> NoAnswer | None:
        silence = self._silences[service]
        try:
            addresses = await self._searches.services[service].result(deadline)
        except (OSError, ValueError) as error:
            if silence.means_nobody(error):
                self._services[service] = ()
            form, has_earlier = (
                self.matrix.form(service.port),
                bool(self._services[service]),
            )
            silence.goes_on(error, has_earlier=has_earlier)
            return NoAnswer(Path.CLUSTER_IP, form, service.port, has_earlier)
        silence.ends()
        self._services[service] = addresses
        return None

    async def targets(self) -> tuple[Target, ...]:
        """Return what to probe now; the arithmetic runs beside the loop."""
        services = tuple(
            replace(service, addresses=addresses)
            for service, addresses in self._services.items()
        )
        return await in_thread(partial(self._plan, self.directory.copy(), services))

    def _plan(
        self, directory: Directory, services: tuple[Service, ...]
    ) -> tuple[Target, ...]:
        targets = plan(self.matrix, directory, services)
        others = directory.addresses - directory.own_addresses
        peers = {of: {a for a in others if family(a) is of} for of in Family}
        return targets + tuple(
            Target(
                *(Path.POD, of, Form.SAME, address, self.matrix.port),
                node=directory.confirmed(address),
                passing=True,
            )
            for of, address in self.tour.visits(peers, targets)
        )

    def is_peer(self, address: str) -> bool:
        """Say whether DNS has *address*, as a socket gives it, or this node does.

        What it does not have may still be a peer's: one that has just come, or whose
        address was replaced by that of a node.
        """
        directory, address = self.directory, canonical(address)
        return address in directory.addresses or address in directory.own_addresses

    def knows(self, target: Target) -> bool:
        """Say whether a pod or node is still there: else its failure was none."""
        if target.path is Path.NODE_PORT:
            return target.node == self.matrix.own or self.directory.has(target.node)
        present = self.directory.confirmed(target.address)
        moved = target.node and present not in {"", target.node}
        return target.address in self.directory.addresses and not moved
