"""Listening sockets and a bounded number of connections, none of them safe."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence

from agent.http.addresses import BACKLOG
from agent.http.connection import Connection, Contexts, Limits
from agent.http.message import Request, Response

_MOST_CONNECTIONS = 64
_READ_BUFFER = 16_384

_log = logging.getLogger(__name__)


class Server:
    """Serves HTTP on sockets that listen already.

    At most *most* clients are served at a time. One more takes the place of the
    one that has been waited for longest, those first who have not yet asked for
    anything: nobody can lock Prometheus out by holding connections. With *tls*,
    asked for each client, a handshake counts as one.
    """

    def __init__(
        self,
        answer: Callable[[Request], Response],
        *,
        most: int = _MOST_CONNECTIONS,
        limits: Limits | None = None,
        tls: Contexts | None = None,
    ) -> None:
        self._answer = answer
        self._most = most
        self._limits = limits or Limits()
        self._tls = tls
        self._servers: list[asyncio.Server] = []
        self._connections: dict[asyncio.Task[None], Connection] = {}

    async def start(self, listeners: Sequence[socket.socket]) -> None:
        """Accept clients from now on; the sockets are ours to close."""
        for listener in listeners:
            server = await asyncio.start_server(
                self._accept,
                sock=listener,
                limit=_READ_BUFFER,
                backlog=BACKLOG,
            )
            self._servers.append(server)

    async def stop(self) -> None:
        """Close everything at once, also on clients in the middle of a response."""
        for server in self._servers:
            server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        present = [c for c in self._connections.values() if not c.is_closing]
        if len(present) >= self._most:
            min(present, key=lambda c: (c.waiting, c.since)).abort()
        connection = Connection((reader, writer), self._answer, self._limits, self._tls)
        task = asyncio.get_running_loop().create_task(connection.serve())
        self._connections[task] = connection
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._connections[task]
        if not task.cancelled() and (error := task.exception()):
            _log.error("connection failed", exc_info=error)
