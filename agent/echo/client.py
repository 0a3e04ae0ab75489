"""One attempt: associate with a responder, let it echo, and say what came of it."""

import asyncio
import errno
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from agent.echo import addresses, channel, presence, sockopts
from agent.echo.attempt_log import Walk
from agent.echo.message import (
    MOST_ASKED,
    SMALLEST_REPLY,
    CorruptError,
    MessageError,
    Reply,
    Request,
    checksum,
    decode_reply,
    encode_request,
)
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.probe.obstacles import in_the_way

SMALL = 160
"""Bytes of the small payload."""

NEAR_MTU = 0
"""Among *sizes*: the payload that just fills one packet of the path."""

SIZES = (SMALL, NEAR_MTU)

_LARGEST_PACKET = 9216  # bytes: jumbo frames; loopback's 64 KiB tell nothing more
_ROOM_FOR_NAMES = 128  # bytes of the request for each address that is asked for
_LONGEST_CLOSE = 1.0
_FIRST_PAUSE = 0.001

SocketFactory = Callable[[int, int, int], socket.socket]


async def attempt(  # noqa: PLR0913  # what may vary between attempts, by name
    address: tuple[str, int],
    *,
    family: int,
    deadline: float,
    sizes: Sequence[int] = SIZES,
    source_port: int = 0,
    source: str = "",
    responder: str = "",
    node: str = "",
    ask: Sequence[str] = (),
    make: SocketFactory = socket.socket,
    permitted: Callable[[], bool] = presence.in_kernel,
    counters: Callable[[], Mapping[str, int]] = presence.counters,
) -> Attempt:
    """Associate with *address*, a numeric one, and send a payload of each size.

    Everything takes at most *deadline* seconds. *family* is AF_INET or AF_INET6.
    *source* is the local address (by default the one that routes give),
    *source_port* 0 a random one. *responder* is the name of the node that has to
    answer, "" any. *node* is the asker's name, *ask* (at most MOST_ASKED) the
    addresses whose nodes' names it lacks: they are asked for when the path has
    proven good, and no answer to that is no failure. *permitted* says whether a
    socket may be opened: by default when SCTP is in the kernel; otherwise the
    attempt fails with NO_SCTP and nothing was opened.

    Never raises OSError; CancelledError passes.
    """
    if not permitted():
        return Attempt(FailureClass.NO_SCTP, Stage.CONNECT, "EPROTONOSUPPORT")
    walk = Walk(counters, lambda error: in_the_way(error, family, address[0]))
    try:
        sock = make(family, socket.SOCK_STREAM, sockopts.SCTP)
    except OSError as error:
        return walk.refused_socket(error)
    with sock:
        try:
            async with asyncio.timeout(deadline):
                await _connect(walk, sock, address, (source, source_port))
                for size in sizes:
                    await _exchange(walk, sock, Request(_nonce(), node), size)
                walk.settle(_mismatch(walk.reply, responder))
                await _ask(walk, sock, Request(_nonce(), node, tuple(ask)))
                await _close(walk, sock)
        except OSError as error:
            return walk.finish(error)
        return walk.finish(None)


async def _connect(
    walk: Walk, sock: socket.socket, address: tuple[str, int], source: tuple[str, int]
) -> None:
    host, port = source
    sock.settimeout(0)
    sockopts.abort_on_close(sock)
    sockopts.hasten(sock)
    sockopts.keep_to_one_path(sock)
    sockopts.hear_icmp(sock)
    # One address, one path: unbound, the INIT would offer all that there are.
    sock.bind((host or addresses.source(sock.family, address), port))
    walk.local = sock.getsockname()[:2]
    await channel.connect(sock, address)
    walk.enter(Stage.EXCHANGE)


async def _exchange(
    walk: Walk, sock: socket.socket, request: Request, size: int
) -> None:
    if size == NEAR_MTU:
        size = min(sockopts.one_packet(sock), _LARGEST_PACKET)
    message = encode_request(request, size)
    await channel.send(sock, message)
    reply = await _reply(sock, message)
    if (reply.nonce, reply.checksum) != (request.nonce, checksum(message)):
        raise _error(errno.EILSEQ)
    walk.reply = reply
    walk.echoed(len(message))


async def _reply(sock: socket.socket, message: bytes) -> Reply:
    """Return the next message, which has to be as long as the request was."""
    try:
        data = await channel.receive(sock)
        if not data:
            raise _error(errno.ECONNRESET)
        reply = decode_reply(data)
    except CorruptError:
        raise _error(errno.EILSEQ) from None
    except MessageError:
        raise _error(errno.EBADMSG) from None
    if len(data) < len(message):
        raise _error(errno.EILSEQ)
    return reply


async def _ask(walk: Walk, sock: socket.socket, request: Request) -> None:
    """Ask for names, which is no part of the path's proof."""
    if not request.ask or walk.reply is None:
        return
    earlier = walk.reply
    ask = request.ask[:MOST_ASKED]
    size = SMALLEST_REPLY + _ROOM_FOR_NAMES * len(ask)
    message = encode_request(request, size)
    await channel.send(sock, message)
    reply = await _reply(sock, message)
    # Whatever names it told: others than the asked ones, too, where there was room.
    walk.reply = replace(
        earlier, names=reply.names, host_addresses=reply.host_addresses
    )


async def _close(walk: Walk, sock: socket.socket) -> None:
    """End the association in an orderly way: it would count as aborted else."""
    walk.enter(Stage.CLOSE)
    sock.shutdown(socket.SHUT_WR)
    pause, end = _FIRST_PAUSE, time.perf_counter() + _LONGEST_CLOSE
    # Nothing wakes a socket whose association has ended by its own SHUTDOWN.
    while sockopts.has_association(sock) and time.perf_counter() < end:
        await asyncio.sleep(pause)
        pause *= 2


def _mismatch(reply: Reply | None, responder: str) -> FailureClass | None:
    if reply and responder and reply.node != responder:
        return FailureClass.WRONG_RESPONDER
    return None


def _nonce() -> str:
    return secrets.token_hex(8)


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
