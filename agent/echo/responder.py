"""The responder: answers requests over SCTP, whoever asks, at bounded cost."""

import asyncio
import errno
import itertools
import logging
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from agent.echo import addresses, channel, listeners, presence, sockopts
from agent.echo.admission import Admission, Group, Limits, affordable
from agent.echo.conversation import converse
from agent.echo.message import (
    CorruptError,
    Identity,
    Reply,
    Request,
    checksum,
    decode_request,
    encode_reply,
)

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # a pod's address is not known before

_BATCH = 32  # associations taken before the loop gets its turn
_LIMITS = Limits()
# What time may mend. Any other failure is that of one association, which is gone.
_SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

_log = logging.getLogger(__name__)

Open = Callable[..., socket.socket]
Take = Callable[[socket.socket], socket.socket | None]


class Responder:
    """Listens on a port (one-to-one) and, if asked to, on the next (one-to-many).

    *names* gives the node names of those of the asked addresses that are known;
    *on_peer* is told the asker's node name and its address as seen here, once
    for each request; *is_peer* says which addresses come before others when not all
    can be served. They are called on the loop and must not block.
    """

    def __init__(  # noqa: PLR0913  # what may vary, by name
        self,
        identity: Identity,
        *,
        names: Callable[[Sequence[str]], Mapping[str, str]] = lambda _: {},
        on_peer: Callable[[str, str], None] = lambda _node, _address: None,
        is_peer: Callable[[str], bool] = lambda _address: False,
        limits: Limits = _LIMITS,
        make: listeners.SocketFactory = socket.socket,
    ) -> None:
        self.identity = identity
        self._names = names
        self._on_peer = on_peer
        self._is_peer = is_peer
        self._limits = affordable(limits)
        self._make = make
        self._admission = Admission(self._limits)
        self._talks: dict[int, asyncio.Task[None]] = {}
        self._keys = itertools.count()

    async def run(
        self,
        port: int,
        *,
        addresses: Sequence[str] = EVERYWHERE,
        one_to_many: bool = True,
        permitted: Callable[[], bool] = presence.in_kernel,
        pause: float = 1.0,
    ) -> None:
        """Serve until cancelled; listen as soon as *permitted* says so.

        By default that is when SCTP is in the kernel, looked up every *pause*
        seconds. An address that cannot be had is logged once and tried again.
        """
        await _until(permitted, pause)
        try:
            async with asyncio.TaskGroup() as group:
                for address in addresses:
                    for door in self._doors(address, port, one_to_many=one_to_many):
                        group.create_task(self._keep(door, pause))
        finally:
            for talk in self._talks.values():
                talk.cancel()
            await asyncio.gather(*self._talks.values(), return_exceptions=True)

    def _doors(
        self, address: str, port: int, *, one_to_many: bool
    ) -> Iterator["_Door"]:
        make = self._make
        start: Open = partial(listeners.open_one_to_one, make=make)
        yield _Door(address, port, start, listeners.accept, has_backlog=True)
        if one_to_many:
            start = partial(listeners.open_one_to_many, make=make)
            yield _Door(address, port + 1, start, listeners.peel_off)

    async def _keep(self, door: "_Door", pause: float) -> None:
        """Open a listener, as often as it takes, and serve who comes to it."""
        said = False
        while True:
            try:
                listener = door.open()
            except OSError as error:
                if not said:
                    _log.log(
                        _gravity(error), "cannot listen", extra=door.log_fields(error)
                    )
                said = True
            else:
                _log.info("listening", extra=door.log_fields())
                with listener:
                    await self._attend(listener, door, pause)
            await asyncio.sleep(pause)

    async def _attend(
        self, listener: socket.socket, door: "_Door", pause: float
    ) -> None:
        """Serve who comes, until the kernel would keep who cannot be served."""
        while True:
            await channel.readable(listener)
            try:
                for _ in range(_BATCH):
                    if sock := door.take(listener):
                        self._admit(sock)
            except BlockingIOError:
                continue
            except OSError as error:
                _log.debug("no association", extra=door.log_fields(error))
                if error.errno not in _SHORTAGES:
                    continue
                if not door.has_backlog:
                    return
                await asyncio.sleep(pause)

    def _admit(self, sock: socket.socket) -> None:
        """Serve *sock*; or let it go, with an ABORT, when that is too often."""
        try:
            sockopts.abort_on_close(sock)
            peer, reached = _ends(sock)
        except OSError:
            sock.close()
            return
        group = Group.of(peer, is_peer=self._is_peer(peer))
        if not self._admission.within_rate(group, time.monotonic()):
            sock.close()
            return
        key = next(self._keys)
        leaving = self._admission.enter(key, group)
        if leaving is not None:
            self._talks[leaving].cancel()
        answer = partial(self._answer, reached, peer)
        talk = asyncio.create_task(converse(sock, answer, self._limits))
        self._talks[key] = talk
        talk.add_done_callback(partial(self._end, key, sock))

    def _end(self, key: int, sock: socket.socket, _talk: asyncio.Task[None]) -> None:
        sock.close()  # a task that was cancelled before it began has not
        self._admission.leave(key)
        del self._talks[key]

    def _answer(self, reached: str, seen: str, data: bytes) -> bytes:
        try:
            request = decode_request(data)
        except CorruptError:
            request = Request("")  # the checksum will tell the asker
        if request.node:
            self._on_peer(request.node, seen)
        reply = Reply(
            nonce=request.nonce,
            node=self.identity.node,
            version=self.identity.version,
            reached=reached,
            seen=seen,
            checksum=checksum(data),
            host_addresses=self.identity.host_addresses,
            names=self._names(request.ask) if request.ask else {},
        )
        return encode_reply(reply, len(data))


async def _until(permitted: Callable[[], bool], pause: float) -> None:
    if permitted():
        return
    _log.info("SCTP is not in the kernel: waiting until it is")
    while not permitted():  # noqa: ASYNC110  # the kernel sets no event of ours
        await asyncio.sleep(pause)


@dataclass(frozen=True, slots=True)
class _Door:
    """Where to listen, and how associations are had there.

    With a backlog the kernel turns away who is too many; without, it keeps all.
    """

    address: str
    port: int
    start: Open
    take: Take
    has_backlog: bool = False

    def log_fields(self, error: OSError | None = None) -> dict[str, object]:
        """Return what logs say of it."""
        where: dict[str, object] = {"at": self.address, "port": self.port}
        return where | {"error": str(error)} if error else where

    def open(self) -> socket.socket:
        """Return the listening socket; raise OSError."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        return self.start(family, (self.address, self.port))


def _gravity(error: OSError) -> int:
    """Return how bad it is not to listen: a node without IPv6 is as it should be."""
    return logging.INFO if error.errno == errno.EAFNOSUPPORT else logging.WARNING


def _ends(sock: socket.socket) -> tuple[str, str]:
    """Return the peer's address and the own one of an association."""
    peer, local = sock.getpeername(), sock.getsockname()[0]
    if local in EVERYWHERE:  # the listener's; replies leave where the route begins
        local = addresses.source(sock.family, peer)
    return peer[0], local
