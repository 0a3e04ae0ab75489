"""The agent's own prober and exposition, on a network and a clock that are made up."""

import asyncio
from collections.abc import Iterator, Sequence

from prometheus_client.metrics_core import Metric

from agent.echo.message import Reply
from agent.echo.outcome import Attempt, Stage, classify
from agent.errno_names import error_name
from agent.paths.exposition import families as path_families
from agent.paths.incoming import Visitors
from agent.paths.neighbourhood import Searches, Surroundings
from agent.paths.record import Record
from agent.paths.rounds import Pace, Rounds
from agent.paths.single_flight import Search
from agent.paths.targets import Matrix, Service
from agent.report.prometheus import families as report_families
from agent.requests.exposition import families as request_families
from agent.requests.record import Outcome
from agent.requests.record import Record as RequestRecord
from tests.alerts.kubernetes import NODE_PORT, PORT, TRANSLATED, Cluster
from tests.alerts.network import Network
from tests.alerts.nodes import Pod
from tests.alerts.reports import process_families, report
from tests.requests.sample import attempt as attempt_of_pod

_INTERVAL, _DEADLINE, _NEIGHBOURS = 30.0, 5.0, 5
_BACK_OFF = 300.0  # seconds; the longest of CrashLoopBackOff
_QUICK = 0.002  # seconds of a probe that succeeds


class Agent:
    """One process of the agent in a pod; it probes paths if *probing*."""

    def __init__(
        self, pod: Pod, cluster: Cluster, network: Network, *, probing: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        self._pod, self._network, self._now = pod, network, loop.time
        node = pod.node
        self._matrix = Matrix(node.name, PORT, _NEIGHBOURS, NODE_PORT, node.addresses)
        services = (Service("paths", port) for port in (PORT, TRANSLATED))
        self._surroundings = Surroundings(
            self._matrix,
            Searches(
                Search(cluster.peers),
                {service: Search(cluster.services) for service in services},
            ),
            own_addresses=lambda: pod.addresses,
        )
        self._record = Record(wall=loop.time)
        self._requests, self._last_request = RequestRecord(), -_BACK_OFF
        self._visitors = Visitors(node.name, window=3 * _INTERVAL, clock=loop.time)
        self._rounds = Rounds(
            self._surroundings,
            self._record,
            self._attempt,
            pace=Pace(_INTERVAL, _DEADLINE, clock=loop.time),
            present=lambda: node.has_sctp,
        )
        probing = probing and pod.probed
        self._task = loop.create_task(self._rounds.run()) if probing else None

    def stop(self) -> None:
        """End as by SIGKILL."""
        if self._task:
            self._task.cancel()

    def answer(self, node: str, seen: str, reached: str, ask: Sequence[str]) -> Reply:
        """Answer the agent of *node*."""
        directory = self._surroundings.directory
        self._visitors.note(node)
        directory.hear({seen: node})
        hosts, names = self._matrix.host_addresses, directory.tell(ask)
        return Reply(
            "", self._matrix.own, reached=reached, host_addresses=hosts, names=names
        )

    def families(self) -> Iterator[Metric]:
        """Yield what a scrape gets."""
        yield from report_families(report(self._pod.node, self._now()))
        yield from self._asked()
        yield from process_families(self._pod.node, self._now())
        if self._rounds.active:
            yield from path_families(
                self._record,
                peers=len(self._surroundings.directory.addresses),
                visitors=self._visitors.count(),
            )

    def _asked(self) -> Iterator[Metric]:
        """Yield what was seen of the pod that asks, and crashes."""
        node, now = self._pod.node, self._now()
        if node.asked and not node.has_sctp and now >= self._last_request + _BACK_OFF:
            self._requests.hear(report(node, now))
            self._requests.note(attempt_of_pod(), Outcome.DENIED, now)
            self._last_request = now
        yield from request_families(self._requests)

    async def _attempt(
        self,
        address: tuple[str, int],
        *,
        family: int,  # noqa: ARG002  # the address says it
        deadline: float,
        node: str,
        ask: Sequence[str],
    ) -> Attempt:
        """Dial *address* on the made-up network."""
        host, port = address
        try:
            peer = self._network.connect(self._pod, host, port)
        except OSError as error:
            name = error_name(error)
            if name == "ETIMEDOUT":
                await asyncio.sleep(deadline)
            failure = classify(Stage.CONNECT, name, lost=False, counters={})
            return Attempt(failure, Stage.CONNECT, name)
        own, other = self._ends(peer, host)
        assert peer.process
        reply = peer.process.answer(node, own, other, ask)
        seconds = max(_QUICK, peer.node.slow, self._pod.node.slow)
        return Attempt(None, Stage.CLOSE, seconds=seconds, reply=reply, seen=own)

    def _ends(self, peer: Pod, host: str) -> tuple[str, str]:
        """Return both ends' addresses, of the family that was dialled."""
        at = int(":" in host)
        return self._pod.addresses[at], peer.addresses[at]
