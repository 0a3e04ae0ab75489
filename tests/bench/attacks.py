"""Clients that nobody wants, all from one address: `attacks.py KIND PORT`, until ended.

A process of its own, so that it takes nothing from the scraper but the machine.
"""

import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

_ADDRESS = ("127.0.0.2", 0)
_CROWD = 64
_PER_SECOND = 200
_PIPELINED = 20
_ASKED = b"GET / HTTP/1.1\r\nHost: node\r\n\r\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(port: int) -> Streams:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=_ADDRESS)


async def keep_and_churn(port: int) -> None:
    """Be served, keep the connection; and 200 more a second that ask nothing."""
    async with asyncio.TaskGroup() as group:
        for _ in range(_CROWD):
            group.create_task(_again(_served, port))
        group.create_task(_come_and_stay(port))


async def _served(port: int) -> None:
    reader, writer = await _connect(port)
    writer.write(_ASKED)
    while await reader.read(1 << 16):
        pass
    writer.close()


async def _come_and_stay(port: int) -> None:
    staying: list[asyncio.StreamWriter] = []
    while True:
        with suppress(OSError):
            staying.append((await _connect(port))[1])
        if len(staying) > _PER_SECOND:
            staying.pop(0).close()
        await asyncio.sleep(1 / _PER_SECOND)


async def tls_and_leave(port: int) -> None:
    """Begin a handshake 200 times a second, and leave in the middle of it."""
    while True:
        with suppress(OSError):
            _, writer = await _connect(port)
            writer.write(_hello())
            writer.close()
        await asyncio.sleep(1 / _PER_SECOND)


def _hello() -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client = context.wrap_bio(incoming, outgoing, server_hostname="node")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


async def pipeline(port: int) -> None:
    """Ask for the page twenty times at once, read the answers, again: 64 clients."""
    async with asyncio.TaskGroup() as group:
        for _ in range(_CROWD):
            group.create_task(_again(_pipelining, port))


async def _pipelining(port: int) -> None:
    reader, writer = await _connect(port)
    writer.write(_ASKED * _PIPELINED)
    while await reader.read(1 << 16):
        writer.write(_ASKED)
        await writer.drain()
    writer.close()


async def never_read(port: int) -> None:
    """Ask as fast as it is taken, and read nothing: 64 clients."""
    async with asyncio.TaskGroup() as group:
        for _ in range(_CROWD):
            group.create_task(_again(_deaf, port))


async def _deaf(port: int) -> None:
    _, writer = await _connect(port)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    while True:
        writer.write(_ASKED * _PIPELINED)
        async with asyncio.timeout(5):
            await writer.drain()
        await asyncio.sleep(0.01)


async def _again(client: Callable[[int], Awaitable[None]], port: int) -> None:
    while True:
        with suppress(OSError):
            await client(port)
        await asyncio.sleep(0.02)


KINDS: dict[str, Callable[[int], Awaitable[None]]] = {
    "kept connections and churn": keep_and_churn,
    "TLS, connect and leave": tls_and_leave,
    "pipelining /": pipeline,
    "never read": never_read,
}

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(KINDS[sys.argv[1]](int(sys.argv[2])))  # type: ignore[arg-type]
