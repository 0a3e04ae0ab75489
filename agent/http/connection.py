"""One client's connection: requests in, responses out, each under a deadline."""

import asyncio
import math
import socket
import ssl
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus

import h11

from agent.http import message
from agent.http.client_certificate import end_of, peer_of
from agent.http.headers import headers
from agent.http.message import Peer, Request, Response, line
from agent.http.places import Waiting
from agent.http.router import Answer
from agent.http.turns import Turn

Contexts = Callable[[], Awaitable[ssl.SSLContext]]

_CHUNK = 8192
_READ_BUFFER = 16_384
_FAREWELL_BYTES = 262_144
_VERSIONS = {b"1.0", b"1.1"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long we wait for a client, in seconds, and how much it may send.

    *idle* outlasts the pause between two scrapes, so that Prometheus can keep
    its connection. *linger* is the time to take a last response before the
    connection is closed. *handshake* is for TLS.
    """

    handshake: float = 5.0
    head: float = 5.0
    write: float = 10.0
    idle: float = 75.0
    linger: float = 1.0
    head_bytes: int = 16_384
    head_lines: int = 100


class Connection:
    """Serves one client until either side has had enough.

    An answer changes nothing that would be lost half made, so whoever needs a
    connection's place may cancel *serve* at any moment. *network* is what
    counts as one client, *since* says when its *waiting* began (monotonic clock).
    With *tls* it begins with a handshake. Each request waits for its network's *turn*.
    """

    def __init__(
        self,
        sock: socket.socket,
        turn: Turn,
        answer: Callable[[Request], Answer],
        limits: Limits,
        tls: Contexts | None = None,
    ) -> None:
        self._sock = sock
        self.network = turn.network
        self._turn = turn
        self._answer = answer
        self._limits = limits
        self._tls = tls
        self._context: ssl.SSLContext | None = None
        self._peer: Peer | None = None
        self._trusted_until = math.inf
        self._reached = ""
        self._reader = asyncio.StreamReader(limit=_READ_BUFFER)
        self._writer: asyncio.StreamWriter | None = None
        self._http = h11.Connection(
            h11.SERVER, max_incomplete_event_size=limits.head_bytes
        )
        self.waiting = Waiting.FIRST_REQUEST
        self.since = time.monotonic()

    def close(self) -> None:
        """Close at once, whatever is under way; *serve* has ended."""
        if self._writer:
            self._writer.transport.abort()
        self._sock.close()

    async def serve(self) -> None:
        """Answer requests until the client leaves, errs or is too slow."""
        try:
            await self._turn.take()
            writer = self._writer = await self._open()
            # Else "written" would only mean that the bytes are in our memory. Not 0:
            # TLS would wait for less than nothing.
            writer.transport.set_write_buffer_limits(high=1, low=0)
            while await self._exchange(writer):
                self._wait_for(Waiting.NEXT_REQUEST)
            self._wait_for(Waiting.NEXT_REQUEST)
            await self._linger(writer)
        except OSError as error:  # a broken pipe or a deadline: there is nobody to tell
            # What its frames hold is a cycle, and of TLS a quarter of a megabyte.
            traceback.clear_frames(error.__traceback__)

    async def _open(self) -> asyncio.StreamWriter:
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(self._reader)
        self._context = await self._tls() if self._tls else None
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol,
            self._sock,
            ssl=self._context,
            ssl_handshake_timeout=self._limits.handshake if self._tls else None,
        )
        self._reached = transport.get_extra_info("sockname")[0]
        certificate = transport.get_extra_info("peercert")
        self._peer, self._trusted_until = peer_of(certificate), end_of(certificate)
        return asyncio.StreamWriter(transport, protocol, self._reader, loop)

    def _wait_for(self, waiting: Waiting) -> None:
        self.waiting = waiting
        self.since = time.monotonic()

    async def _exchange(self, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; return whether another one may follow."""
        try:
            head = await self._read_head()
        except h11.RemoteProtocolError as error:
            await self._send(
                writer, line(HTTPStatus(error.error_status_hint)), last=True
            )
            return False
        if head is None or not await self._is_trusted():
            return False
        last = self._is_last(head)
        if head.http_version in _VERSIONS:
            response = await self._answered(head)
        else:
            response, last = line(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED), True
        await self._send(writer, response, last=last, head_only=head.method == b"HEAD")
        if self._http.our_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _answered(self, head: h11.Request) -> Response:
        answer = self._answer(self._request(head))
        if isinstance(answer, Response):
            return answer
        self._wait_for(Waiting.ANSWER)
        return await answer

    def _request(self, head: h11.Request) -> Request:
        method, target = head.method.decode("ascii"), head.target.decode("ascii")
        path, fields = message.path_of(target), message.headers_of(head.headers)
        client = self._peer, self._reached, self.network
        return Request(method, path, fields, *client, self._has_left)

    def _has_left(self) -> bool:
        return self._reader.at_eof() or self._reader.exception() is not None

    async def _is_trusted(self) -> bool:
        """Tell whether a handshake would end as this connection's did.

        Who has shown a certificate has to show it again where its authority may have
        been withdrawn, or it has ended; clients do so by themselves.
        """
        if self._tls is None or self._peer is None:
            return True
        if time.time() > self._trusted_until:
            return False
        return await self._tls() is self._context

    def _is_last(self, head: h11.Request) -> bool:
        """Tell whether a body follows: it is not needed, so that we stop there.

        Or whether two headers disagree about one: then what follows may be another
        request to us and part of this one to whoever stands between (RFC 9112, 6.1).
        """
        if {b"content-length", b"transfer-encoding"} <= {
            name for name, _ in head.headers
        }:
            return True
        try:
            return not isinstance(self._http.next_event(), h11.EndOfMessage)
        except h11.RemoteProtocolError:
            return True

    async def _read_head(self) -> h11.Request | None:
        """Return the next request, None when the client has left."""
        first = self.waiting is Waiting.FIRST_REQUEST
        if not self._http.trailing_data[0]:
            async with asyncio.timeout(
                self._limits.head if first else self._limits.idle
            ):
                self._http.receive_data(await self._reader.read(_CHUNK))
        async with asyncio.timeout(self._limits.head):
            while (event := await self._next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_CHUNK))
        return event if isinstance(event, h11.Request) else None

    async def _next_event(self) -> object:
        """Return what has come, unless it would hold up everybody to read it."""
        await self._turn.take()
        if message.lines_of_head(self._http.trailing_data[0]) > self._limits.head_lines:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise h11.RemoteProtocolError("too many", error_status_hint=status)
        return self._http.next_event()

    async def _send(
        self,
        writer: asyncio.StreamWriter,
        response: Response,
        *,
        last: bool = False,
        head_only: bool = False,
    ) -> None:
        self._wait_for(Waiting.TAKING_RESPONSE)
        send = self._http.send
        head = h11.Response(
            status_code=response.status,
            reason=response.status.phrase,
            headers=headers(response, last=last),
        )
        parts = [send(head)]
        if not head_only:
            parts.append(send(h11.Data(data=response.body)))
        parts.append(send(h11.EndOfMessage()))
        bound = response.bound
        with bound.answer(self.network) if bound else nullcontext():
            async with asyncio.timeout(self._limits.write):
                writer.write(b"".join(part for part in parts if part))
                await writer.drain()

    async def _linger(self, writer: asyncio.StreamWriter) -> None:
        """Let the client read: closing on unread input would reset its response."""
        if self._tls:  # which cannot end one direction only
            writer.close()
        else:
            writer.write_eof()
        async with asyncio.timeout(self._limits.linger):
            budget = _FAREWELL_BYTES
            while budget > 0 and (data := await self._reader.read(_CHUNK)):
                budget -= len(data)
