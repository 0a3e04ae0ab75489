"""Nodes that exist on paper only, for rounds without sockets."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.echo.message import Reply
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.paths.names import Family
from agent.paths.neighbourhood import Searches, Surroundings
from agent.paths.record import Latest, Record
from agent.paths.rounds import Pace, Rounds
from agent.paths.single_flight import Search
from agent.paths.targets import Form, Matrix, Path, Service

OWN, A, B = "192.0.2.9", "192.0.2.1", "192.0.2.2"
PORT = 10132
EVERYBODY = {OWN: "", A: "", B: ""}


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Take note; whoever waits longest sets the time."""
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


@dataclass(slots=True)
class World:
    """What the node under test meets: change it between turns."""

    peers: dict[str, str] | OSError = field(default_factory=EVERYBODY.copy)
    nodes: dict[str, str] = field(
        default_factory=lambda: {OWN: "me", A: "a", B: "b", "172.30.0.1": "a"}
    )
    service: tuple[str, ...] | OSError = ("172.30.0.1",)
    own: tuple[str, ...] = (OWN,)
    failures: dict[str, FailureClass] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    has_sctp: bool = True
    dialled: list[tuple[str, int, Sequence[str]]] = field(default_factory=list)

    async def find(self) -> dict[str, str]:
        """Answer as DNS would for the peers."""
        if isinstance(self.peers, OSError):
            raise self.peers
        return self.peers

    async def find_service(self) -> tuple[str, ...]:
        """Answer as DNS would for the Service."""
        if isinstance(self.service, OSError):
            raise self.service
        return self.service

    async def attempt(
        self,
        address: tuple[str, int],
        *,
        family: int,
        deadline: float,
        node: str,
        ask: Sequence[str],
    ) -> Attempt:
        """Answer as the network would."""
        host, port = address
        assert (node, deadline, family) == ("me", 5.0, 10 if ":" in host else 2)
        self.dialled.append((host, port, ask))
        if host in self.broken:
            raise RuntimeError("a defect")
        reply = self.replies.get(host)
        if reply is None and host in self.nodes:
            reply = Reply("n", self.nodes[host], reached=host)
        failure = self.failures.get(host)
        if reply is None and failure is None:
            failure = FailureClass.TIMEOUT
        return Attempt(failure, Stage.CLOSE, seconds=0.01, reply=reply)


class Bench:
    """One node's rounds in a world."""

    def __init__(self, world: World, *, services: Sequence[Service] = ()) -> None:
        self.world = world
        self.clock = Clock()
        self.record = Record(wall=lambda: self.clock.now)
        matrix = Matrix("me", PORT, 5)
        searches = Searches(
            Search(world.find),
            {each: Search(world.find_service) for each in services},
            "peers.example",
        )
        self.surroundings = Surroundings(
            matrix, searches, own_addresses=lambda: world.own
        )
        self.rounds = Rounds(
            self.surroundings,
            self.record,
            world.attempt,
            pace=Pace(30.0, 5.0, clock=lambda: self.clock.now, sleep=self.clock.sleep),
            present=lambda: world.has_sctp,
        )

    async def turn(self, change: Callable[[World], None] = lambda _: None) -> None:
        """Make *change*, then a round."""
        change(self.world)
        self.world.dialled.clear()
        await self.rounds.turn()

    def latest(self, path: Path = Path.POD) -> dict[str, FailureClass | None]:
        """Return the latest attempts on a path over IPv4 by target."""
        forms: dict[str, tuple[Latest, ...]] = {
            node: latest
            for (of, family, _, node), latest in self.record.series().items()
            if of is path and family is Family.IPV4
        }
        return {node: latest[0].failure for node, latest in forms.items()}


SAME, TRANSLATED = Form.SAME, Form.TRANSLATED
