"""One attempt against peers that do as they should, and others."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest

from agent.echo.client import NEAR_MTU, SMALL, attempt
from agent.echo.message import (
    Reply,
    checksum,
    decode_request,
    encode_reply,
)
from agent.echo.outcome import Attempt, FailureClass, Stage
from tests.paths.stand_in import StandIn, Value, factory

_PORTS = count(20000)
HERE = "127.0.0.1"
REPLY = Reply("", "worker-2", seen="192.0.2.9", host_addresses=("198.51.100.1",))
Answer = Callable[[bytes], bytes]


def honest(data: bytes) -> bytes:
    """Answer as a responder does."""
    request = decode_request(data)
    names = dict.fromkeys((*request.ask, "192.0.2.99"), "worker-3")
    reply = replace(REPLY, nonce=request.nonce, checksum=checksum(data), names=names)
    return encode_reply(reply, len(data))


def only(small: Answer, other: Answer) -> Answer:
    """Answer small requests in one way and others in another."""
    return lambda data: (small if len(data) == SMALL else other)(data)


def spoilt(data: bytes) -> bytes:
    """Answer with other bytes than those of the answer."""
    return honest(data)[:-1] + b"\0"


def short(data: bytes) -> bytes:
    """Answer with a message that is shorter than what was sent."""
    request = decode_request(data)
    reply = replace(REPLY, nonce=request.nonce, checksum=checksum(data))
    return encode_reply(reply, 0)


def stale(data: bytes) -> bytes:
    """Answer another request."""
    return encode_reply(REPLY, len(data))


def _serve(listener: socket.socket, answer: Answer | None) -> None:
    """Serve associations on the loop: one answer, or the end, for each message."""
    loop = asyncio.get_running_loop()

    def arrived() -> None:
        sock, _ = socket.socket.accept(listener)

        def read() -> None:
            data = sock.recv(1 << 16)
            if answer is None or not data:
                loop.remove_reader(sock)
                sock.close()
            elif reply := answer(data):
                sock.send(reply)

        loop.add_reader(sock, read)

    loop.add_reader(listener, arrived)


@contextmanager
def _listener(port: int) -> Iterator[socket.socket]:
    make = factory()
    with make(socket.AF_INET, socket.SOCK_STREAM, 132) as listener:
        listener.bind((HERE, port))
        listener.listen()
        yield listener


def tried(answer: Answer | None, **options: Value) -> Attempt:
    """Return what an attempt against a peer that answers so comes to."""
    attributes = options.pop("attributes", {})
    port = next(_PORTS)
    options = {"deadline": 5.0, "family": socket.AF_INET, **options}

    async def go() -> Attempt:
        with _listener(port) as listener:
            _serve(listener, answer)
            result = await attempt(
                (HERE, port),
                make=factory(**attributes),
                permitted=lambda: True,
                counters=options.pop("counters", dict),
                **options,
            )
            asyncio.get_running_loop().remove_reader(listener)
            return result

    return asyncio.run(go())


def test_good_path_is_told_in_full() -> None:
    """Both payloads, the phases in order, both ends and who answered."""
    result = tried(honest)

    assert (result.failure, result.error) == (None, "")
    assert result.sizes == (SMALL, 1452)
    assert [stage for stage, _ in result.phases] == [
        *(Stage.CONNECT, Stage.EXCHANGE, Stage.CLOSE)
    ]
    assert result.seconds == sum(seconds for _, seconds in result.phases)
    assert (result.local, result.seen) == (HERE, "192.0.2.9")
    assert result.reply
    assert result.reply.host_addresses == ("198.51.100.1",)


def test_names_are_asked_for_at_the_end() -> None:
    """Whatever names come with the answer are kept: others may judge them."""
    result = tried(honest, ask=["192.0.2.3"])

    assert result.failure is None
    assert result.reply
    assert result.reply.names["192.0.2.3"] == "worker-3"


def test_no_names_are_no_failure() -> None:
    """The path is proven before anything else is asked."""
    asked = only(honest, spoilt)
    result = tried(asked, ask=["192.0.2.3"], sizes=(SMALL,))

    assert (result.failure, result.error) == (None, "")
    assert result.reply
    assert result.reply.node == "worker-2"


def test_nothing_to_send_proves_the_association() -> None:
    """Without payloads there is nobody to name."""
    result = tried(honest, sizes=(), ask=["192.0.2.3"], responder="worker-2")

    assert (result.failure, result.reply, result.seen) == (None, None, "")


def test_expected_node_answers() -> None:
    """Then it is a success."""
    assert tried(honest, responder="worker-2").failure is None


@pytest.mark.parametrize(
    ("answer", "failure", "error"),
    [
        pytest.param(None, "reset", "ECONNRESET", id="closed at once"),
        pytest.param(only(honest, spoilt), "corrupted", "EILSEQ", id="spoilt"),
        pytest.param(only(honest, short), "corrupted", "EILSEQ", id="cut short"),
        pytest.param(stale, "corrupted", "EILSEQ", id="another reply"),
        pytest.param(
            lambda data: data, "wrong_responder", "EBADMSG", id="an echo service"
        ),
        pytest.param(
            lambda _: b"220 ready", "wrong_responder", "EBADMSG", id="another protocol"
        ),
        pytest.param(
            lambda data: encode_reply(REPLY, len(data)) + b"x",
            *("wrong_responder", "EBADMSG"),
            id="more than a message",
        ),
    ],
)
def test_answer_that_is_none(answer: Answer, failure: str, error: str) -> None:
    """Each has its class and its error."""
    result = tried(answer)

    assert (result.failure, result.error) == (failure, error)
    assert result.stage == Stage.EXCHANGE


@pytest.mark.parametrize(
    ("answer", "checksum_errors", "failure"),
    [
        pytest.param(lambda _: b"", 0, "timeout", id="silence"),
        pytest.param(only(honest, lambda _: b""), 0, "large_lost", id="large only"),
        pytest.param(lambda _: b"", 2, "corrupted", id="silence, checksum errors"),
    ],
)
def test_silence(answer: Answer, checksum_errors: int, failure: str) -> None:
    """What came before, and what the kernel counted meanwhile, make the class."""
    seen = iter(({"SctpChecksumErrors": 1, "SctpCurrEstab": 0},))
    after = {"SctpChecksumErrors": 1 + checksum_errors, "SctpCurrEstab": 1}
    result = tried(answer, deadline=1.5, counters=lambda: next(seen, after))

    assert (result.failure, result.error) == (failure, "ETIMEDOUT")
    assert result.counters == (
        {"SctpChecksumErrors": checksum_errors} if checksum_errors else {}
    )


def test_another_node_is_the_wrong_one() -> None:
    """What it says is kept."""
    result = tried(honest, responder="worker-9")

    assert (result.failure, result.error) == (FailureClass.WRONG_RESPONDER, "")
    assert result.reply
    assert result.reply.node == "worker-2"


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("ECONNREFUSED", "refused"),
        ("ENOPROTOOPT", "protocol_unreachable"),
        ("EHOSTUNREACH", "unreachable"),
        ("ETIMEDOUT", "timeout"),
        ("ECONNRESET", "reset"),
    ],
)
def test_connect_fails(code: str, failure: str) -> None:
    """By the errno that the kernel gives."""
    result = tried(honest, attributes={"refusal": getattr(errno, code)})

    assert (result.failure, result.error) == (failure, code)
    assert result.stage == Stage.CONNECT


def test_small_packet_is_filled() -> None:
    """The large payload follows the path's MTU, and jumbo frames bound it."""
    tunnel = tried(honest, attributes={"packet": 1352})
    loopback = tried(honest, attributes={"packet": 65484}, sizes=(NEAR_MTU,))

    assert (tunnel.sizes, loopback.sizes) == ((SMALL, 1352), (9216,))


def test_ipv6_is_tried_alike() -> None:
    """With its own options."""
    result = tried(honest, family=socket.AF_INET6, source="::1")

    assert (result.failure, result.local) == (None, "::1")


def test_no_socket_without_permission() -> None:
    """Nothing is opened, not even when there is a way to."""

    def make(*_: int) -> socket.socket:
        raise AssertionError

    result = asyncio.run(
        attempt(
            (HERE, 1),
            family=socket.AF_INET,
            deadline=1,
            make=make,
            permitted=lambda: False,
        )
    )

    assert (result.failure, result.error) == ("no_sctp", "EPROTONOSUPPORT")


def test_denied_socket_is_no_sctp() -> None:
    """As when SELinux denies it."""

    def make(*_: int) -> socket.socket:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    result = asyncio.run(
        attempt(
            (HERE, 1),
            family=socket.AF_INET6,
            deadline=1,
            make=make,
            permitted=lambda: True,
        )
    )

    assert (result.failure, result.error) == ("no_sctp", "EACCES")


def test_association_that_does_not_end_is_left() -> None:
    """The attempt is good all the same; its end has a bound of its own."""

    class Staying(StandIn):
        def shutdown(self, _how: int) -> None:
            """Wait for the peer for ever."""

    def make(*_: int) -> socket.socket:
        return Staying(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    port = next(_PORTS)

    async def go() -> Attempt:
        with _listener(port) as listener:
            _serve(listener, honest)
            return await attempt(
                (HERE, port),
                family=socket.AF_INET,
                deadline=5,
                source="192.0.2.1",
                make=make,
                permitted=lambda: True,
                counters=dict,
            )

    result = asyncio.run(go())
    assert (result.failure, result.stage) == (None, Stage.CLOSE)
    assert result.local == "192.0.2.1"
