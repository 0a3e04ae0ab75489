"""Clients that are slow, silent, greedy or many, and what breaks inside."""

import asyncio
import errno
import logging
import os
import resource
import socket
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import pytest

from agent.http.connection import Limits
from agent.http.message import Request, Response
from agent.http.router import Answer
from agent.http.server import Server
from tests.http.loopback import (
    GET,
    GET_AND_CLOSE,
    GET_LARGE,
    LARGE,
    PAGE,
    ROUTER,
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


@pytest.mark.parametrize(
    ("sent", "limits"),
    [
        pytest.param(b"", Limits(head=0.1, idle=900), id="before-the-first-request"),
        pytest.param(GET, Limits(head=900, idle=0.1), id="after-a-request"),
        pytest.param(
            GET + b"GET", Limits(head=0.1, idle=900), id="in-the-second-request"
        ),
    ],
)
def test_each_silence_has_its_limit(sent: bytes, limits: Limits) -> None:
    """Who has asked may be silent for longer than who has not."""

    async def scenario() -> None:
        async with serving(limits=limits) as port:
            await talk(port, sent)

    bounded(scenario())


def test_pipelined_requests_are_not_one_turn() -> None:
    """Whoever asks a hundred times at once does not come before all others."""
    order: list[str] = []

    def answer(request: Request) -> Answer:
        order.append(request.path)
        return ROUTER(request)

    async def scenario() -> None:
        async with (
            serving(answer) as port,
            connected(port, GET) as (greedy, ask_often),
            connected(port, GET) as (other, ask),
        ):
            await read_response(greedy)
            await read_response(other)
            ask_often.write(GET * 100)
            ask.write(GET.replace(b"/page", b"/other"))
            for _ in range(100):
                await read_response(greedy)

    bounded(scenario())
    assert order.index("/other") < 100


def test_slow_reader_gets_all_of_it() -> None:
    """A response is not written as long as part of it is in our own memory.

    The kernel's buffers are small here, and the client reads when the time for a last
    response is long over.
    """
    body = b"x" * 60_000  # less than what asyncio would keep for itself
    limits = Limits(write=900, linger=0.01)

    async def scenario() -> bytes:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        server = Server(lambda _: Response(HTTPStatus.OK, body), limits=limits)
        await server.start([listener])
        loop = asyncio.get_running_loop()
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(0)
            await loop.sock_connect(client, listener.getsockname())
            await loop.sock_sendall(client, GET_AND_CLOSE)
            await asyncio.sleep(0.5)
            received = b""
            while part := await loop.sock_recv(client, 4096):
                received += part
        await server.stop()
        return received

    assert bounded(scenario()).endswith(body)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(GET_AND_CLOSE[:-2] + b"a: b\r\n" * 97 + b"\r\n", 200, id="many"),
        pytest.param(GET_AND_CLOSE[:-2] + b"a:\r\n" * 98 + b"\r\n", 431, id="too many"),
        pytest.param(GET_AND_CLOSE[:-2] + b"a:\n" * 3000, 431, id="and no end"),
        pytest.param(
            b"\r\n\n" + GET_AND_CLOSE[:-2] + b"a:\n" * 3000,
            431,
            id="behind blank lines",
        ),
        pytest.param(GET * 99 + GET_AND_CLOSE, 200, id="many requests"),
    ],
)
def test_lines_of_a_head(sent: bytes, status: int) -> None:
    """Each costs all clients some time, and four thousand fit into what may be sent."""

    async def scenario() -> bytes:
        async with serving() as port:
            return await talk(port, sent)

    answers = bounded(scenario())
    assert answers.startswith(b"HTTP/1.1 %d " % status)
    assert answers.count(b"HTTP/1.1") == (100 if sent.startswith(GET * 2) else 1)


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
    """300 half-open requests keep no client out."""

    async def scenario() -> tuple[bytes, int]:
        async with serving() as port, AsyncExitStack() as crowd:
            clients = [
                await crowd.enter_async_context(connected(port, b"GET /page"))
                for _ in range(300)
            ]
            new = await talk(port, GET_AND_CLOSE)
            return new, sum(not reader.at_eof() for reader, _ in clients)

    new, held = bounded(scenario())

    assert new.endswith(PAGE)
    assert held <= 64


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


def test_slow_client_among_a_crowd() -> None:
    """Whoever fills the places, and goes on, drives out himself alone.

    The client is as far away as a network is: its request comes when another hundred
    have come meanwhile.
    """

    async def scenario() -> bytes:
        async with serving() as port, AsyncExitStack() as crowd:
            for _ in range(64):
                client = await crowd.enter_async_context(connected(port, GET))
                await read_response(client[0])
            slow = await crowd.enter_async_context(connected(port, source="127.0.0.2"))
            for _ in range(100):
                await crowd.enter_async_context(connected(port))
            slow[1].write(GET_AND_CLOSE)
            return await slow[0].read()

    assert bounded(scenario()).endswith(PAGE)


def test_honest_crowd() -> None:
    """As many clients as there are places, all at once: each gets its answer."""

    async def scenario() -> list[bytes]:
        async with serving() as port, AsyncExitStack() as clients:
            for _ in range(60):  # these have been served, and stay
                client = await clients.enter_async_context(connected(port, GET))
                await read_response(client[0])
            new = [
                await clients.enter_async_context(connected(port)) for _ in range(60)
            ]
            for _, writer in new:
                writer.write(GET_AND_CLOSE)
            return [await reader.read() for reader, _ in new]

    assert all(answer.endswith(PAGE) for answer in bounded(scenario()))


def test_few_descriptors(caplog: pytest.LogCaptureFixture) -> None:
    """Places are as many as there are descriptors for, and a shortage is no news."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len([*Path("/proc/self/fd").iterdir()])

    async def scenario() -> bytes:
        async with AsyncExitStack() as crowd:
            port = await crowd.enter_async_context(serving())
            clients = [socket.socket() for _ in range(100)]
            for client in clients:
                crowd.enter_context(client)
                client.setblocking(False)  # noqa: FBT003  # its only argument
            few = used + len(clients) + 12
            resource.setrlimit(resource.RLIMIT_NOFILE, (few, before[1]))
            loop = asyncio.get_running_loop()
            for client in clients[1:]:
                await loop.sock_connect(client, ("127.0.0.1", port))
            await loop.sock_connect(clients[0], ("127.0.0.1", port))
            await loop.sock_sendall(clients[0], GET_AND_CLOSE)
            answer = b""
            while part := await loop.sock_recv(clients[0], 4096):
                answer += part
            return answer

    try:
        answer = bounded(scenario())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert answer.endswith(PAGE)
    assert caplog.messages == []


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ECONNABORTED, errno.EAGAIN])
def test_accept_that_fails(code: int, caplog: pytest.LogCaptureFixture) -> None:
    """The next client is served, and nobody is told."""
    failures = iter([code] * 3)

    class Failing(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            """Fail at first."""
            if failure := next(failures, 0):
                raise OSError(failure, os.strerror(failure))
            return super().accept()

    async def scenario() -> bytes:
        listener = Failing(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = Server(ROUTER)
        await server.start([listener])
        answer = await talk(listener.getsockname()[1], GET_AND_CLOSE)
        await server.stop()
        return answer

    assert bounded(scenario()).endswith(PAGE)
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("allowed", "held"),
    [
        pytest.param(1024, 64, id="enough"),
        pytest.param(60, 12, id="some are kept back"),
        pytest.param(20, 4, id="hardly any"),
    ],
)
def test_places_are_fitted_to_descriptors(
    monkeypatch: pytest.MonkeyPatch, allowed: int, held: int
) -> None:
    """What evaluations need is not given away."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (allowed, allowed))

    async def scenario() -> int:
        async with serving() as port, AsyncExitStack() as crowd:
            clients = [
                await crowd.enter_async_context(connected(port)) for _ in range(80)
            ]
            await talk(port, GET_AND_CLOSE)
            return sum(not reader.at_eof() for reader, _ in clients)

    assert bounded(scenario()) < held + 1


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
