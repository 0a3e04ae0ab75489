"""Listening sockets and a bounded number of connections, none of them safe."""

import asyncio
import errno
import logging
import resource
import socket
from collections.abc import Callable, Sequence

from agent.http.connection import Connection, Contexts, Limits
from agent.http.message import Request
from agent.http.places import Place, first_to_leave, network_of
from agent.http.router import Answer
from agent.http.turns import Turn, Turns

_MOST_CONNECTIONS = 64
_LEAST_CONNECTIONS = 4
_AT_ONCE = 16  # newcomers in one turn of the loop; so many more than *most* may be open
_KEPT_BACK = 64  # descriptors: for evaluations, listeners and what we hold anyway
_SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_PAUSE = 0.05  # seconds to wait for what somebody else gives back

_log = logging.getLogger(__name__)


class Server:
    """Serves HTTP on sockets that listen already.

    At most *most* clients are served at a time, fewer where there are not as many
    descriptors. One more takes the place of one of them: nobody can lock Prometheus
    out by holding connections. With *tls*, asked for each client, a handshake counts
    as one.
    """

    def __init__(
        self,
        answer: Callable[[Request], Answer],
        *,
        most: int = _MOST_CONNECTIONS,
        limits: Limits | None = None,
        tls: Contexts | None = None,
    ) -> None:
        self._answer = answer
        self._most = min(most, _affordable())
        self._limits = limits or Limits()
        self._tls = tls
        self._listeners: list[socket.socket] = []
        self._doors: list[asyncio.Task[None]] = []
        self._turns = Turns()
        self._connections: dict[asyncio.Task[None], Connection] = {}
        #: How many clients had to leave for a newcomer.
        self.evicted = 0

    async def start(self, listeners: Sequence[socket.socket]) -> None:
        """Accept clients from now on; the sockets are ours to close."""
        loop = asyncio.get_running_loop()
        for listener in listeners:
            listener.settimeout(0)
            self._listeners.append(listener)
            self._doors.append(loop.create_task(self._attend(listener)))

    async def stop(self) -> None:
        """Close everything at once, also on clients in the middle of a response."""
        tasks = [*self._doors, *self._connections]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listener in self._listeners:
            listener.close()

    async def _attend(self, listener: socket.socket) -> None:
        """Take in a few clients in each turn of the loop, so that all have their turn.

        A scraper that comes behind a crowd must not wait for each of it to be served.
        Not by asyncio's own server, which takes in as many as wait at once, and logs
        a traceback for each descriptor that it does not get.
        """
        while True:
            await _readable(listener)
            room = self._most + _AT_ONCE - len(self._connections)  # with those who go
            try:
                for _ in range(min(room, _AT_ONCE)):
                    sock, address = listener.accept()
                    sock.settimeout(0)
                    self._make_room(self._most - 1)
                    self._serve(sock, address[0])
            except BlockingIOError:
                continue
            except OSError as error:  # the client has gone, or there is a shortage
                _log.debug("no connection", extra={"error": str(error)})
                if error.errno in _SHORTAGES:
                    self._make_room(len(self._connections) - 1)
                    await asyncio.sleep(_PAUSE)

    def _make_room(self, most: int) -> None:
        """Let one go if more than *most* would stay."""
        places = [
            Place(task, each.network, each.waiting, each.since)
            for task, each in self._connections.items()
            if not task.cancelling()
        ]
        if len(places) > max(most, 0):
            self.evicted += 1
            first_to_leave(places).cancel()

    def _serve(self, sock: socket.socket, address: str) -> None:
        turn = Turn(self._turns, network_of(address))
        connection = Connection(sock, turn, self._answer, self._limits, self._tls)
        task = asyncio.get_running_loop().create_task(connection.serve())
        self._connections[task] = connection
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._connections.pop(task).close()
        if not task.cancelled() and (error := task.exception()):
            _log.error("connection failed", exc_info=error)


async def _readable(listener: socket.socket) -> None:
    """Wait until somebody waits there."""
    loop, somebody = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(listener, somebody.set)
    try:
        await somebody.wait()
    finally:
        loop.remove_reader(listener)


def _affordable() -> int:
    """Return how many connections leave descriptors for everything else."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(_LEAST_CONNECTIONS, soft_limit - _KEPT_BACK)
