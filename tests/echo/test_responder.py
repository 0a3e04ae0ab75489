"""The responder among honest and hostile peers, on sockets that stand in."""

import asyncio
import contextlib
import ctypes
import errno
import logging
import os
import resource
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable
from itertools import count

import pytest

from agent.echo import channel, listeners, presence
from agent.echo.admission import Limits
from agent.echo.message import (
    Identity,
    Reply,
    Request,
    checksum,
    decode_reply,
    encode_request,
)
from agent.echo.responder import EVERYWHERE, Responder
from tests.paths.stand_in import StandIn, Value, factory

HERE, PEER = "127.0.0.1", "198.51.100.2"
IDENTITY = Identity("worker-2", "0.1.0", ("198.51.100.1",))
GENEROUS = Limits(rate=1e6, burst=1e6)
_PORTS = count(30000, 2)
Work = Callable[["Lab"], Awaitable[None]]


class Lab:
    """A responder that runs, and ways to reach it."""

    def __init__(self, limits: Limits = GENEROUS, **options: Value) -> None:
        self.port = next(_PORTS)
        self.heard: list[tuple[str, str]] = []
        self.asked: list[tuple[str, ...]] = []
        self.permitted = True
        self.addresses = tuple(options.pop("addresses", (HERE,)))
        self.address = self.addresses[0]
        self.pause = options.pop("pause", 0.01)
        self.one_to_many = options.pop("one_to_many", True)
        self.responder = Responder(
            IDENTITY,
            names=self._names,
            on_peer=lambda node, address: self.heard.append((node, address)),
            is_peer=lambda address: address == PEER,
            limits=limits,
            make=options.pop("make", factory()),
        )

    def run(self, work: Work) -> None:
        """Do *work* while the responder runs."""

        async def go() -> None:
            running = asyncio.ensure_future(
                self.responder.run(
                    self.port,
                    addresses=self.addresses,
                    permitted=lambda: self.permitted,
                    pause=self.pause,
                    one_to_many=self.one_to_many,
                )
            )
            await asyncio.wait_for(work(self), 30)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        asyncio.run(go())

    async def connected(self, source: str = "192.0.2.1") -> socket.socket:
        """Return an association with the responder, as soon as it listens."""
        sock = factory()(socket.AF_INET, socket.SOCK_STREAM, 132)
        sock.settimeout(0)
        sock.bind((source, 0))
        while True:
            try:
                sock.connect((self.address, self.port))
            except (ConnectionRefusedError, BlockingIOError):
                await asyncio.sleep(0.01)
            else:
                return sock

    async def ask(self, sock: socket.socket, data: bytes) -> Reply:
        """Send a request and return the reply."""
        await channel.send(sock, data)
        return decode_reply(await channel.receive(sock))

    def _names(self, asked: Value) -> dict[str, str]:
        self.asked.append(asked)
        return {"192.0.2.3": "worker-3"}


def test_reply_tells_what_arrived() -> None:
    """Who answers, who asked from where, and the checksum of what came."""

    async def work(lab: Lab) -> None:
        sock = await lab.connected()
        data = encode_request(Request("00" * 4, "worker-1"), 300)
        reply = await lab.ask(sock, data)
        assert reply == Reply(
            nonce="00" * 4,
            node="worker-2",
            version="0.1.0",
            reached=HERE,
            seen="192.0.2.1",
            checksum=checksum(data),
            host_addresses=("198.51.100.1",),
        )
        sock.close()

    lab = Lab()
    lab.run(work)
    assert lab.heard == [("worker-1", "192.0.2.1")]
    assert lab.asked == []


def test_names_are_told_when_asked() -> None:
    """By whoever knows them."""

    async def work(lab: Lab) -> None:
        sock = await lab.connected()
        request = Request("", "", ("192.0.2.3",))
        reply = await lab.ask(sock, encode_request(request))
        assert reply.names == {"192.0.2.3": "worker-3"}
        sock.close()

    lab = Lab()
    lab.run(work)
    assert lab.asked == [("192.0.2.3",)]
    assert lab.heard == []


def test_spoilt_request_is_answered_with_its_checksum() -> None:
    """So the asker learns that it arrived with other bytes."""

    async def work(lab: Lab) -> None:
        sock = await lab.connected()
        data = encode_request(Request("00" * 4), 300)[:-1] + b"\0"
        reply = await lab.ask(sock, data)
        assert (reply.nonce, reply.checksum) == ("", checksum(data))
        sock.close()

    Lab().run(work)


def test_message_in_parts_is_put_together() -> None:
    """A message too large for the buffer is delivered so."""

    async def work(lab: Lab) -> None:
        sock = await lab.connected()
        data = encode_request(Request("00" * 4))
        for start in range(0, len(data), 10):
            await channel.send(sock, data[start : start + 10])
        assert decode_reply(await channel.receive(sock)).nonce == "00" * 4
        sock.close()

    Lab().run(work)


def test_end_of_the_responder_ends_its_associations() -> None:
    """None is left open behind it."""
    kept: list[socket.socket] = []

    async def work(lab: Lab) -> None:
        kept.append(await lab.connected())
        await lab.ask(kept[0], encode_request(Request("")))

    Lab().run(work)
    with kept[0] as sock:
        assert sock.recv(1) == b""


async def silent(sock: socket.socket) -> None:
    """Associate, and that is all."""


async def half(sock: socket.socket) -> None:
    """Begin a message and never end it."""
    sock.send(b"SNAP")


async def foreign(sock: socket.socket) -> None:
    """Speak another protocol."""
    sock.send(b"GET / HTTP/1.1\r\n\r\n")


async def huge(sock: socket.socket) -> None:
    """Send more than a message may have."""
    sock.send(b"SNAP" * 20_000)


async def deaf(sock: socket.socket) -> None:
    """Send as much as goes, and read nothing."""
    data = encode_request(Request(""), 9000)
    with contextlib.suppress(BlockingIOError):
        while True:
            sock.send(data)
            await asyncio.sleep(0)


async def gone(sock: socket.socket) -> None:
    """Ask and leave before the answer."""
    sock.send(encode_request(Request("")))
    sock.close()


@pytest.mark.parametrize("misbehave", [silent, half, foreign, huge, deaf, gone])
def test_hostile_peers_hinder_nobody(
    misbehave: Callable[[socket.socket], Awaitable[None]],
) -> None:
    """Two hundred of a kind: another one is answered, and all of them are let go."""

    async def work(lab: Lab) -> None:
        peers = [await lab.connected(f"192.0.2.{n}") for n in range(200)]
        # Some have had to leave already, and notice.
        behaved = asyncio.gather(*map(misbehave, peers), return_exceptions=True)
        assert {*map(type, await behaved)} <= {
            *(type(None), BrokenPipeError, ConnectionResetError)
        }
        sock = await lab.connected("198.51.100.9")
        reply = await lab.ask(sock, encode_request(Request("00" * 4)))
        assert reply.nonce == "00" * 4
        for peer in peers:
            if peer.fileno() >= 0:
                await _until_closed(peer)
            peer.close()
        sock.close()

    Lab(Limits(associations=32, idle=0.2, lifetime=0.3)).run(work)


async def _until_closed(peer: socket.socket) -> None:
    try:
        while peer.recv(1 << 16):
            pass
    except BlockingIOError:
        await channel.readable(peer)
        await _until_closed(peer)
    except OSError:
        return


def test_many_requests_end_an_association() -> None:
    """Who has been answered often enough may come again."""

    async def work(lab: Lab) -> None:
        sock = await lab.connected()
        data = encode_request(Request(""))
        for _ in range(2):
            await lab.ask(sock, data)
        assert not await channel.receive(sock)
        sock.close()

    Lab(Limits(requests=2)).run(work)


def test_address_that_comes_too_often_is_let_go() -> None:
    """At once, and others are served."""

    async def work(lab: Lab) -> None:
        first, second = await lab.connected(), await lab.connected()
        assert not await channel.receive(second)
        other = await lab.connected("192.0.2.2")
        for sock in (first, other):
            assert (await lab.ask(sock, encode_request(Request("")))).node == "worker-2"
        for sock in (first, second, other):
            sock.close()

    Lab(Limits(rate=0.001, burst=1)).run(work)


def test_nothing_listens_before_sctp_is_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No socket is made; when it comes, the responder notices by itself."""
    made: list[int] = []

    def make(*kind: int) -> socket.socket:
        made.append(kind[1])
        return factory()(*kind)

    async def work(lab: Lab) -> None:
        await asyncio.sleep(0.05)
        assert made == []
        lab.permitted = True
        (await lab.connected()).close()

    lab = Lab(make=make)
    lab.permitted = False
    with caplog.at_level(logging.INFO):
        lab.run(work)
    assert made == [socket.SOCK_STREAM, socket.SOCK_SEQPACKET]
    assert caplog.text.count("waiting") == 1


def test_address_in_use_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """The log says so once."""
    refusals = iter([errno.EADDRINUSE] * 7)

    class Refusing(StandIn):
        def bind(self, address: Value) -> None:
            """Refuse a few times."""
            if code := next(refusals, 0):
                raise OSError(code, os.strerror(code))
            super().bind(address)

    def make(_family: int, kind: int, _protocol: int) -> socket.socket:
        sock = Refusing(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.kind = socket.SocketKind(kind)
        return sock

    async def work(lab: Lab) -> None:
        (await lab.connected()).close()

    with caplog.at_level(logging.INFO):
        Lab(make=make).run(work)
    assert caplog.text.count("cannot listen") == 2  # one for each style


def test_refused_address_is_waited_for() -> None:
    """Between two tries, the processor is for others."""
    tries = []

    def make(*_: int) -> socket.socket:
        tries.append(1)
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    async def work(_: Lab) -> None:
        await until(lambda: bool(tries))
        for _turn in range(100):
            await asyncio.sleep(0)

    Lab(make=make, pause=3600).run(work)
    assert len(tries) == 2  # one for each style


def test_node_without_ipv6(caplog: pytest.LogCaptureFixture) -> None:
    """Everywhere is in IPv4 then, and that is no warning."""

    def make(family: int, kind: int, protocol: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        return factory()(family, kind, protocol)

    async def work(lab: Lab) -> None:
        sock = await lab.connected(HERE)
        assert (await lab.ask(sock, encode_request(Request("")))).reached == HERE
        sock.close()

    with caplog.at_level(logging.INFO):
        Lab(addresses=EVERYWHERE, make=make).run(work)
    levels = {r.levelno for r in caplog.records if r.getMessage() == "cannot listen"}
    assert levels == {logging.INFO}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what the responder does."""
    while not condition():  # noqa: ASYNC110  # it sets no event of ours
        await asyncio.sleep(0.01)


def failing(codes: Iterable[int], calls: list[socket.socket]) -> Value:
    """Return what makes sockets that fail by *codes* when an association is taken."""
    left = iter(codes)

    class Failing(StandIn):
        def accept(self) -> Value:
            """Fail as long as there are codes."""
            self._fail()
            return super().accept()

        def recvmsg(self, *_: int) -> Value:
            """Likewise, and then have no news."""
            self._fail()
            socket.socket.accept(self)[0].close()
            raise BlockingIOError

        def _fail(self) -> None:
            calls.append(self)
            if code := next(left, 0):
                raise OSError(code, os.strerror(code))

    def make(_family: int, kind: int, _protocol: int) -> socket.socket:
        sock = Failing(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.kind = socket.SocketKind(kind)
        return sock

    return make


@pytest.mark.parametrize("offset", [0, 1], ids=["one-to-one", "one-to-many"])
def test_associations_that_are_gone_delay_nobody(offset: int) -> None:
    """Who has left before it was taken costs those behind it nothing."""
    calls: list[socket.socket] = []

    async def work(lab: Lab) -> None:
        lab.port += offset
        sock = await lab.connected()
        await until(lambda: len(calls) > 9)
        sock.close()

    gone = (errno.ECONNABORTED, errno.EINVAL, errno.EADDRNOTAVAIL) * 3
    Lab(make=failing(gone, calls), pause=3600).run(work)


@pytest.mark.parametrize(
    "code",
    [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM],
    ids=errno.errorcode.get,
)
@pytest.mark.parametrize("offset", [0, 1], ids=["one-to-one", "one-to-many"])
def test_shortage_is_waited_for(offset: int, code: int) -> None:
    """The one with a backlog stays, the other is closed: else the kernel keeps all."""
    calls: list[socket.socket] = []

    async def work(lab: Lab) -> None:
        lab.port += offset
        sock = await lab.connected()
        for _ in range(100):
            await asyncio.sleep(0)
        await until(lambda: bool(calls))
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(calls) == 1
        assert (calls[0].fileno() < 0) == bool(offset)
        sock.close()

    Lab(make=failing([code], calls), pause=3600).run(work)


@pytest.mark.parametrize("offset", [0, 1], ids=["one-to-one", "one-to-many"])
def test_shortage_passes(offset: int) -> None:
    """Then who comes is served again, by the same port."""
    calls: list[socket.socket] = []

    async def work(lab: Lab) -> None:
        lab.port += offset
        sock = await lab.connected()
        await until(lambda: bool(calls))
        other = await lab.connected()
        await until(lambda: len(calls) > 1)
        for each in (sock, other):
            each.close()

    Lab(make=failing([errno.EMFILE], calls)).run(work)


def test_only_the_style_that_is_asked_for() -> None:
    """A port that nobody needs is not opened."""
    made: list[int] = []

    def make(*kind: int) -> socket.socket:
        made.append(kind[1])
        return factory()(*kind)

    async def work(lab: Lab) -> None:
        (await lab.connected()).close()

    Lab(make=make, one_to_many=False).run(work)
    assert made == [socket.SOCK_STREAM]


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(burst=0.5, rate=0), id="comes too often"),
        pytest.param(Limits(idle=0.05), id="says nothing"),
    ],
)
def test_who_is_let_go_gets_an_abort(limits: Limits) -> None:
    """Not an orderly end, for which the kernel would wait and keep the association."""
    ends: list[bytes] = []

    class Watched(StandIn):
        def close(self) -> None:
            """Note how it ends, if it is an association."""
            if self.fileno() >= 0 and self.peer:
                ends.append(self.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
            super().close()

    def make(_family: int, kind: int, _protocol: int) -> socket.socket:
        sock = Watched(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.kind = socket.SocketKind(kind)
        return sock

    async def work(lab: Lab) -> None:
        sock = await lab.connected()
        assert not await channel.receive(sock)
        sock.close()

    Lab(limits, make=make).run(work)
    assert ends[:1] == [struct.pack("@ii", 1, 0)]


def test_few_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are fewer places then, and a newcomer is answered all the same."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))

    async def work(lab: Lab) -> None:
        peers = [await lab.connected(f"192.0.2.{n}") for n in range(1, 9)]
        for peer in peers[:-4]:
            assert not await channel.receive(peer)
        last = await lab.ask(peers[-1], encode_request(Request("")))
        assert last.node == "worker-2"
        for peer in peers:
            peer.close()

    Lab().run(work)


def test_peer_keeps_its_place_among_strangers() -> None:
    """However many come, and whoever came first."""

    async def work(lab: Lab) -> None:
        peer = await lab.connected(PEER)
        strangers = [await lab.connected(f"192.0.2.{n}") for n in range(1, 9)]
        for stranger in strangers[:-3]:
            assert not await channel.receive(stranger)
        for sock in (peer, *strangers[-3:]):
            assert (await lab.ask(sock, encode_request(Request("")))).node == "worker-2"
        for sock in (peer, *strangers):
            sock.close()

    Lab(Limits(associations=4)).run(work)


def test_association_that_is_gone_before_it_is_served() -> None:
    """It has no peer any more, and nobody minds."""
    gone_ones = iter([errno.ENOTCONN])

    class Gone(StandIn):
        def getpeername(self) -> Value:
            """Have none at first."""
            if code := next(gone_ones, 0):
                raise OSError(code, os.strerror(code))
            return super().getpeername()

    def make(_family: int, kind: int, _protocol: int) -> socket.socket:
        sock = Gone(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.kind = socket.SocketKind(kind)
        return sock

    async def work(lab: Lab) -> None:
        first = await lab.connected()
        assert not await channel.receive(first)
        second = await lab.connected()
        assert (await lab.ask(second, encode_request(Request("")))).node == "worker-2"
        first.close()
        second.close()

    Lab(make=make).run(work)


def test_address_reached_is_the_route_s_own() -> None:
    """A listener on every address does not know it itself."""

    async def work(lab: Lab) -> None:
        sock = await lab.connected(HERE)
        reply = await lab.ask(sock, encode_request(Request("")))
        assert reply.reached == HERE
        sock.close()

    Lab(addresses=EVERYWHERE[:1]).run(work)


@pytest.mark.parametrize(
    ("flags", "news"),
    [
        pytest.param(0, b"data that came before", id="data"),
        pytest.param(0x8000, b"short", id="short"),
        pytest.param(
            0x8000, struct.pack("@HHIHHHHi", 0x8001, 0, 20, 1, 0, 1, 1, 7), id="lost"
        ),
        pytest.param(
            0x8000, struct.pack("@HHIHHHHi", 0x8002, 0, 20, 0, 0, 1, 1, 7), id="other"
        ),
    ],
)
def test_only_a_new_association_is_peeled_off(flags: int, news: bytes) -> None:
    """Other news of a one-to-many socket is read and forgotten."""

    class Telling(StandIn):
        def recvmsg(self, *_: int) -> Value:
            """Tell the news."""
            return news, [], flags, None

    with Telling(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
        assert listeners.peel_off(sock) is None


def test_news_on_a_one_to_many_socket_does_not_end_it() -> None:
    """It goes on listening, and associations of the other style are served."""

    class Telling(StandIn):
        news = 3

        def recvmsg(self, *_: int) -> Value:
            """Tell of nothing in particular, then of nothing more."""
            self.news -= 1
            if not self.news:
                socket.socket.accept(self)[0].close()
                raise BlockingIOError
            return b"", [], 0, None

    def make(_family: int, kind: int, _protocol: int) -> socket.socket:
        sock = Telling(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.kind = socket.SocketKind(kind)
        return sock

    async def work(lab: Lab) -> None:
        lab.port += 1
        (await lab.connected()).close()
        await asyncio.sleep(0.05)
        lab.port -= 1
        sock = await lab.connected()
        assert (await lab.ask(sock, encode_request(Request("")))).node == "worker-2"
        sock.close()

    Lab(make=make).run(work)


def test_association_is_peeled_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel gives a descriptor for the number of the association."""
    ours, theirs = socket.socketpair()
    asked = []

    class Libc:
        def getsockopt(self, *args: Value) -> int:
            """Answer with a descriptor."""
            asked.append(struct.unpack("@iiI", args[3].raw))
            args[3].raw = struct.pack("@iiI", 7, os.dup(theirs.fileno()), 0)
            return 0

    class Telling(StandIn):
        def recvmsg(self, *_: int) -> Value:
            """Tell of an association that has come."""
            news = struct.pack("@HHIHHHHi", 0x8001, 0, 20, 0, 0, 1, 1, 7)
            return news, [], 0x8000, None

    with ours, theirs, Telling(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Libc())
        with listeners.peel_off(sock) or ours as peeled:
            peeled.send(b"x")
        assert ours.recv(9) == b"x"
        assert asked == [(7, -1, socket.SOCK_CLOEXEC)]

        monkeypatch.undo()
        with pytest.raises(OSError, match="not supported"):
            listeners.peel_off(sock)


def test_no_listener_for_a_family_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A socket of IPv6 might load its module: none is made."""
    monkeypatch.setattr(presence, "has_ipv6", lambda: False)
    with pytest.raises(OSError, match="not supported") as failed:
        listeners.open_one_to_one(socket.AF_INET6, ("::", 1))
    assert failed.value.errno == errno.EAFNOSUPPORT

    monkeypatch.setattr(presence, "has_ipv6", lambda: True)
    made = listeners.open_one_to_many(socket.AF_INET6, ("::", 1), factory())
    with made as sock:
        assert sock.family == socket.AF_INET6


@pytest.mark.parametrize(
    ("start", "aborts"),
    [
        pytest.param(listeners.open_one_to_one, 0, id="one-to-one, which has none"),
        pytest.param(listeners.open_one_to_many, 1, id="one-to-many"),
    ],
)
def test_listener_that_is_closed_aborts_what_is_its_own(
    start: Callable[..., socket.socket], aborts: int
) -> None:
    """Associations that nobody has peeled off do not outlast it."""
    with start(socket.AF_INET, (HERE, next(_PORTS)), factory()) as sock:
        linger = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)

    assert linger == struct.pack("@ii", aborts, 0)


def test_connect_that_takes_time_is_waited_for() -> None:
    """What it comes to is the socket's error."""

    class Slow(StandIn):
        outcome = 0

        def connect(self, _address: Value) -> None:
            """Go on in the background."""
            raise BlockingIOError

        def getsockopt(self, *_: Value) -> Value:
            """Tell how it went."""
            return self.outcome

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, Slow(fileno=ours.detach()) as sock:
        asyncio.run(channel.connect(sock, (HERE, 1)))
        sock.outcome = errno.ECONNREFUSED
        with pytest.raises(ConnectionRefusedError):
            asyncio.run(channel.connect(sock, (HERE, 1)))
