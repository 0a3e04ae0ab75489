"""Path probing as a companion of the daemon: the responder and the rounds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from agent import __version__
from agent.echo import presence
from agent.echo.addresses import own_addresses
from agent.echo.client import attempt
from agent.echo.message import Identity
from agent.echo.responder import Responder
from agent.paths.configuration import Configuration
from agent.paths.exposition import families
from agent.paths.incoming import Visitors
from agent.paths.neighbourhood import Searches, Surroundings
from agent.paths.peers import addresses_of, finder
from agent.paths.record import Record
from agent.paths.rounds import Pace, Prober, Rounds
from agent.paths.single_flight import Search
from agent.report.metric_families import Metric
from agent.report.path_row import PathRow

_REMEMBERED = 3  # intervals


class PathProbes:
    """Answers peers on the port and probes them, once SCTP is in the kernel.

    *probe* makes the attempts, *sleep* is how a round waits for their times.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        probe: Prober = attempt,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        matrix, interval = configuration.matrix, configuration.interval
        searches = Searches(
            Search(finder(configuration.peers)),
            {s: Search(partial(addresses_of, s.host)) for s in configuration.services},
            configuration.peers,
        )
        self._surroundings = Surroundings(matrix, searches, own_addresses=own_addresses)
        self._record = Record()
        self._visitors = Visitors(matrix.own, window=_REMEMBERED * interval)
        self._rounds = Rounds(
            self._surroundings,
            self._record,
            probe,
            pace=Pace(interval, configuration.deadline, sleep=sleep),
            present=presence.in_kernel,
        )
        self._responder = Responder(
            Identity(matrix.own, __version__, matrix.host_addresses),
            names=self._surroundings.directory.tell,
            on_peer=self._met,
            is_peer=self._surroundings.is_peer,
        )
        self._port = matrix.port

    async def run(self) -> None:
        """Answer and probe until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.answer())
            group.create_task(self._rounds.run())

    async def answer(self) -> None:
        """Answer peers until cancelled."""
        await self._responder.run(self._port, one_to_many=False)  # no path leads there

    async def turn(self) -> None:
        """Probe everything once."""
        await self._rounds.turn()

    def families(self) -> Iterator[Metric]:
        """Yield the metrics; none while there is no SCTP to probe with."""
        if self._rounds.active:
            yield from families(
                self._record,
                peers=len(self._surroundings.directory.addresses),
                visitors=self._visitors.count(),
            )

    def rows(self) -> tuple[PathRow, ...]:
        """Return the latest results, for the page."""
        return tuple(
            PathRow(
                *labels,
                ok=latest.failure is None,
                failure=latest.failure or "",
                since=latest.since,
                last_success=latest.last_success or None,
                seconds=latest.seconds or None,
            )
            for labels, group in sorted(self._record.series().items())
            for latest in group
        )

    def _met(self, node: str, address: str) -> None:
        """Note a visit, and where the visitor says it comes from."""
        self._visitors.note(node)
        self._surroundings.directory.hear({address: node})
