"""Clients that are slow, silent, greedy or many, and what breaks inside."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from agent.http.connection import Limits
from agent.http.message import Request, Response
from tests.http.loopback import (
    GET,
    GET_AND_CLOSE,
    GET_LARGE,
    LARGE,
    PAGE,
    bounded,
    connected,
    read_response,
    serving,
    talk,
)

_IMPATIENT = Limits(head=0.3, write=0.3, idle=0.3, linger=0.3)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param(b"", 0, id="says-nothing"),
        pytest.param(b"GET /page HT", 0, id="stops-in-the-middle"),
        pytest.param(GET, 1, id="says-nothing-more"),
        pytest.param(GET + b"GET", 1, id="stops-in-the-second-request"),
    ],
)
def test_silence(sent: bytes, answered: int) -> None:
    """A client that stops talking is left, without a word."""

    async def scenario() -> bytes:
        async with serving(limits=_IMPATIENT) as port:
            return await talk(port, sent)

    assert answered == bounded(scenario()).count(b"HTTP/1.1 ")


def test_dribble() -> None:
    """A byte now and then does not prolong the time for a request."""

    async def scenario() -> bytes:
        async with (
            serving(limits=_IMPATIENT) as port,
            connected(port) as (reader, writer),
        ):
            answer = asyncio.ensure_future(reader.read())
            while not answer.done():
                writer.write(b"x")
                await asyncio.sleep(0.05)
            try:
                return await answer
            except ConnectionError:  # the last byte came too late to be read
                return b""

    assert bounded(scenario()) == b""


def test_never_reads() -> None:
    """A client that asks and never reads is left; others are served meanwhile."""

    async def scenario() -> tuple[bytes, bool]:
        async with (
            serving(limits=Limits(write=0.3)) as port,
            connected(port) as (reader, writer),
        ):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(GET_LARGE * 30)
            other = await talk(port, GET_AND_CLOSE)
            await asyncio.sleep(0.6)
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            try:
                received = len(await reader.read())
            except ConnectionError:
                received = 0
            return other, received < 30 * len(LARGE)

    other, was_left = bounded(scenario())

    assert other.endswith(PAGE)
    assert was_left


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(linger=0.3), id="little-time"),
        pytest.param(Limits(linger=60.0), id="much-time"),
    ],
)
def test_talks_on_after_an_error(limits: Limits) -> None:
    """Whoever goes on sending after its last response is not listened to long."""

    async def scenario() -> bytes:
        async with (
            serving(limits=limits) as port,
            connected(port, b"garbage\r\n\r\n") as (reader, writer),
        ):
            answer = await reader.readuntil(b"\r\n\r\n")
            with pytest.raises(ConnectionError):
                await _send_for_ever(writer)
            return answer

    assert bounded(scenario()).startswith(b"HTTP/1.1 400 ")


async def _send_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 5000)
        await writer.drain()
        await asyncio.sleep(0.01)


def test_half_open_crowd() -> None:
    """300 half-open requests keep neither a new nor a known client out."""

    async def scenario() -> tuple[bytes, bytes, int]:
        async with serving() as port, connected(port, GET) as (reader, writer):
            await read_response(reader)
            async with AsyncExitStack() as crowd:
                clients = [
                    await crowd.enter_async_context(connected(port, b"GET /page"))
                    for _ in range(300)
                ]
                new = await talk(port, GET_AND_CLOSE)
                writer.write(GET)
                known = await read_response(reader)
                return new, known, sum(not r.at_eof() for r, _ in clients)

    new, known, held = bounded(scenario())

    assert new.endswith(PAGE)
    assert known == PAGE
    assert held < 64


def test_crowd_that_has_been_served() -> None:
    """When all places are taken by idle clients, the one idle longest goes."""

    async def scenario() -> tuple[bytes, bytes, bytes]:
        async with AsyncExitStack() as crowd:
            port = await crowd.enter_async_context(serving(most=2))
            clients = []
            for _ in range(2):
                client = await crowd.enter_async_context(connected(port, GET))
                await read_response(client[0])
                clients.append(client)
            new = await talk(port, GET_AND_CLOSE)
            (first, _), (second, writer) = clients
            writer.write(GET)
            return new, await first.read(), await read_response(second)

    new, first, second = bounded(scenario())

    assert new.endswith(PAGE)
    assert first == b""
    assert second == PAGE


def test_stop() -> None:
    """The end comes at once, whatever clients are doing."""

    async def scenario() -> bytes:
        async with AsyncExitStack() as clients:
            async with serving() as port:
                for sent in (b"", b"GET /page", GET, GET_LARGE * 30):
                    client = await clients.enter_async_context(connected(port, sent))
                assert client
                await asyncio.sleep(0.1)
            with pytest.raises(ConnectionError):
                await talk(port, GET)
        return b"stopped"

    assert bounded(scenario(), seconds=10) == b"stopped"


def test_failure_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    """What breaks a connection is logged, and breaks no other one."""

    def answer(request: Request) -> Response:
        raise KeyError(request.path)

    async def scenario() -> list[bytes]:
        async with serving(answer) as port:
            return [await talk(port, GET), await talk(port, GET)]

    assert bounded(scenario()) == [b"", b""]
    assert [r.getMessage() for r in caplog.records] == ["connection failed"] * 2
    assert {logging.ERROR} == {r.levelno for r in caplog.records}
