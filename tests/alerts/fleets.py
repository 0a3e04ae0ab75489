"""A simulated fleet with one fault in it, from its cold start to its recovery."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

from tests.alerts import virtual_time
from tests.alerts.agents import Agent
from tests.alerts.kubernetes import Cluster
from tests.alerts.network import Network
from tests.alerts.nodes import Node
from tests.alerts.scrapes import SCRAPE, Prometheus

MINUTE = 60.0
VICTIM, OTHER = "worker-1", "worker-3"
_POOLS = ("amf", "upf")
_AWAY = 3.0  # minutes that a reboot takes


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a fleet is and what it does."""

    size: int
    pools: int = 1
    families: int = 1
    probing: bool = True

    def pool(self, number: int) -> str:
        """Return the pool of the node with this number."""
        return _POOLS[number % self.pools]

    def __str__(self) -> str:
        said = [f"{self.size} nodes"]
        said += [f"{self.pools} pools"] if self.pools > 1 else []
        said += ["IPv4 and IPv6"] if self.families > 1 else []
        said += [] if self.probing else ["no path probes"]
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Times:
    """When a fault begins and ends, and when nobody looks any more, in minutes."""

    begin: float = 12
    end: float = 32
    stop: float = 42


@dataclass(slots=True)
class Fleet:
    """What a fault can be put into; *victim* is the node that it strikes."""

    shape: Shape
    cluster: Cluster = field(init=False)
    network: Network = field(init=False)
    prometheus: Prometheus = field(init=False)

    def __post_init__(self) -> None:
        self.cluster = Cluster(
            lambda pod: Agent(
                pod, self.cluster, self.network, probing=self.shape.probing
            ),
            self.shape.families,
        )
        self.network = Network(self.cluster)

    @property
    def nodes(self) -> list[Node]:
        """The nodes that there are now."""
        return list(self.cluster.nodes.values())

    @property
    def victim(self) -> Node:
        """The node that faults of one node strike."""
        return self.cluster.nodes[VICTIM]

    @property
    def pool(self) -> list[Node]:
        """The nodes of its pool."""
        return [node for node in self.nodes if node.pool == self.victim.pool]

    def reboot(self, node: Node, *, has_sctp: bool = True) -> None:
        """Reboot a node, perhaps into a system without SCTP."""

        def boot() -> None:
            node.has_sctp = has_sctp
            self.cluster.switch_on(node)

        self.cluster.switch_off(node)
        self.later(_AWAY, boot)

    @property
    def now(self) -> float:
        """The time there, in seconds."""
        return asyncio.get_running_loop().time()

    def later(self, minutes: float, act: Callable[[], object]) -> None:
        """Do something some minutes from now."""
        asyncio.get_running_loop().call_later(minutes * MINUTE, act)


Fault = Callable[[Fleet], AbstractContextManager[None]]


def series(
    shape: Shape, fault: Fault, times: Times, read: frozenset[str]
) -> list[dict[str, str]]:
    """Return what Prometheus has scraped of a fleet with *fault* in it."""
    fleet = Fleet(shape)
    with _same_chances(), _no_defects():
        virtual_time.run(partial(_live, fleet, fault, times, read))
    return fleet.prometheus.input_series()


@contextmanager
def _same_chances() -> Iterator[None]:
    state = random.getstate()
    random.seed(1)
    yield
    random.setstate(state)


@contextmanager
def _no_defects() -> Iterator[None]:
    """Fail if anything logs an error: the agents and the loop go on all the same."""
    level, errors = logging.root.manager.disable, _Errors()
    logging.disable(logging.WARNING)  # of failing paths there are many, and they cost
    logging.root.addHandler(errors)
    try:
        yield
    finally:
        logging.root.removeHandler(errors)
        logging.disable(level)
    assert not errors.seen, errors.seen[0]


class _Errors(logging.Handler):
    """Keeps the text of what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


async def _live(fleet: Fleet, fault: Fault, times: Times, read: frozenset[str]) -> None:
    for number in range(fleet.shape.size):
        fleet.cluster.join(f"worker-{number}", fleet.shape.pool(number))
    fleet.prometheus = Prometheus(fleet.cluster, read)
    with ExitStack() as broken:
        for tick in range(int(times.stop * MINUTE / SCRAPE) + 1):
            now = tick * SCRAPE / MINUTE
            if now == times.begin:
                broken.enter_context(fault(fleet))
            if now == times.end:
                broken.close()
            fleet.prometheus.scrape()
            await asyncio.sleep(SCRAPE)
