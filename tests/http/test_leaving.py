"""Whoever waits for an answer and leaves is known to have left."""

import asyncio
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus

import pytest

from agent.http.message import Request
from agent.http.router import Answer, Router
from agent.web.news import News
from tests.http.loopback import bounded, connected, serving

_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    writer.transport.abort()


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(lambda writer: writer.write_eof(), id="sends nothing more"),
        pytest.param(lambda writer: writer.close(), id="closes"),
        pytest.param(_reset, id="resets"),
    ],
)
def test_place_of_news(leave: Callable[[asyncio.StreamWriter], None]) -> None:
    """It keeps no place from others, wherever they are and however long they wait."""
    requests: list[Request] = []
    news = News(hold=3600, most=2)

    def noted(request: Request) -> Answer:
        requests.append(request)
        return news(request)

    ask = f'GET /news HTTP/1.1\r\nHost: node\r\nIf-None-Match: "{news.tag}"\r\n\r\n'

    async def until(came_true: Callable[[], bool]) -> None:
        while not came_true():  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.01)

    async def play(port: int) -> list[bytes]:
        async with (
            connected(port, ask.encode()) as (first, _),
            connected(port, source="127.0.0.2") as (_, leaver),
            connected(port) as (second, newcomer),
        ):
            await until(lambda: len(requests) == 1)
            leaver.write(ask.encode())
            await until(lambda: len(requests) == 2)
            assert not any(request.has_left() for request in requests)
            leave(leaver)
            await until(requests[1].has_left)
            newcomer.write(ask.encode())
            await until(lambda: len(requests) == 3)
            news.announce()
            return [await reader.readline() for reader in (first, second)]

    async def scenario() -> list[bytes]:
        async with serving(Router({"/news": noted})) as port:
            return await play(port)

    lines = bounded(scenario())

    assert [int(line.split()[1]) for line in lines] == [HTTPStatus.OK] * 2
