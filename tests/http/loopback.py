"""A server on loopback in the test's own event loop, and raw clients for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeVar

from agent.hostport import parse_listen
from agent.http.addresses import bind
from agent.http.connection import Limits
from agent.http.message import Request, Response
from agent.http.router import Answer, Router
from agent.http.server import Server

T = TypeVar("T")
Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]

PAGE = b"here is a page\n"
LARGE = b"x" * 1_000_000
GET = b"GET /page HTTP/1.1\r\nHost: node\r\n\r\n"
GET_LARGE = GET.replace(b"/page", b"/large")
GET_AND_CLOSE = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

ROUTER = Router(
    {
        "/page": lambda _: Response(HTTPStatus.OK, PAGE),
        "/large": lambda _: Response(HTTPStatus.OK, LARGE),
    }
)


def bounded(scenario: Coroutine[Any, Any, T], *, seconds: float = 30.0) -> T:
    """Run *scenario* to its end, which it must reach in time."""

    async def run() -> T:
        async with asyncio.timeout(seconds):
            return await scenario

    return asyncio.run(run())


@asynccontextmanager
async def serving(
    answer: Callable[[Request], Answer] = ROUTER,
    *,
    most: int = 64,
    limits: Limits | None = None,
) -> AsyncIterator[int]:
    """Serve on a free port of 127.0.0.1 and yield it."""
    listeners = bind(parse_listen("127.0.0.1:0"))
    server = Server(answer, most=most, limits=limits)
    await server.start(listeners)
    try:
        yield listeners[0].getsockname()[1]
    finally:
        await server.stop()


@asynccontextmanager
async def connected(
    port: int, sent: bytes = b"", *, source: str = "127.0.0.1"
) -> AsyncIterator[Client]:
    """Connect, send *sent* and yield the streams."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, local_addr=(source, 0)
    )
    try:
        writer.write(sent)
        yield reader, writer
    finally:
        writer.transport.abort()


async def talk(port: int, sent: bytes) -> bytes:
    """Send *sent* and return everything up to the end of the connection."""
    async with connected(port, sent) as (reader, _):
        return await reader.read()


async def read_response(reader: asyncio.StreamReader) -> bytes:
    """Return the body of one response with a length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return await reader.readexactly(int(length))
