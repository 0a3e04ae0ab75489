"""Answers that are being taken: how many at a time, and who has to go for another."""

import asyncio
import socket
from contextlib import AsyncExitStack
from http import HTTPStatus

import pytest

from agent.http.connection import Limits
from agent.http.message import Request, Response
from agent.http.parallel import Parallel
from tests.http.loopback import (
    GET,
    GET_AND_CLOSE,
    LARGE,
    bounded,
    connected,
    serving,
    talk,
)

_PATIENT = Limits(write=900)


async def _stuck(port: int, crowd: AsyncExitStack, source: str) -> socket.socket:
    """Ask for more than the kernel keeps, and read none of it."""
    client = crowd.enter_context(socket.socket())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(0)
    client.bind((source, 0))
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", port))
    await loop.sock_sendall(client, GET * 8)
    return client


async def _is_left(client: socket.socket) -> bool:
    """Read all there is; tell whether it is less than all."""
    loop, taken = asyncio.get_running_loop(), 0
    try:
        while part := await loop.sock_recv(client, 1 << 20):
            taken += len(part)
            if taken >= 8 * len(LARGE):
                return False
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize(
    ("most", "left"),
    [
        pytest.param(2, [True, False, False], id="of the crowd the oldest"),
        pytest.param(3, [False, False, False], id="as many as may be"),
        pytest.param(0, [False, False, False], id="without bound"),
    ],
)
def test_one_more(most: int, left: list[bool]) -> None:
    """Two take an answer from one address when somebody else asks: he gets his."""
    bound = Parallel(most)

    def answer(_: Request) -> Response:
        return Response(HTTPStatus.OK, LARGE, bound=bound)

    async def scenario() -> tuple[list[bool], int]:
        async with AsyncExitStack() as crowd:
            port = await crowd.enter_async_context(serving(answer, limits=_PATIENT))
            clients = [await _stuck(port, crowd, "127.0.0.2") for _ in range(2)]
            await asyncio.sleep(0.05)
            clients.append(await _stuck(port, crowd, "127.0.0.3"))
            await asyncio.sleep(0.05)
            evicted = bound.evicted
            return [await _is_left(client) for client in clients], evicted

    assert bounded(scenario()) == (left, sum(left))


def test_who_reads_is_no_crowd() -> None:
    """More scrapers at once than may be: what the kernel takes is not under way."""
    bound = Parallel(1)

    def answer(_: Request) -> Response:
        return Response(HTTPStatus.OK, b"x" * 20_000, bound=bound)

    async def scenario() -> list[bytes]:
        async with serving(answer) as port:
            asked = (talk(port, GET_AND_CLOSE) for _ in range(40))
            return await asyncio.gather(*asked)

    assert all(text.endswith(b"x" * 20_000) for text in bounded(scenario()))
    assert bound.evicted == 0


def test_slow_readers_keep_nobody_out() -> None:
    """As many as may be, and more, read nothing: each scrape is answered."""
    bound = Parallel(4)

    def answer(_: Request) -> Response:
        return Response(HTTPStatus.OK, LARGE, bound=bound)

    async def scenario() -> list[bool]:
        found = []
        async with AsyncExitStack() as crowd:
            port = await crowd.enter_async_context(serving(answer, limits=_PATIENT))
            for _ in range(8):
                await _stuck(port, crowd, "127.0.0.2")
                async with connected(port, GET_AND_CLOSE, source="127.0.0.1") as (
                    reader,
                    _,
                ):
                    found.append((await reader.read()).endswith(LARGE))
        return found

    assert bounded(scenario()) == [True] * 8
