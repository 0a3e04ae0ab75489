"""SCTP sockets on a machine without SCTP: UNIX sockets that keep messages apart."""

import errno
import os
import socket
import struct
from typing import Any, Self, TypeAlias

from agent.echo.listeners import SocketFactory

Value: TypeAlias = Any
"""What methods of sockets take and give: that depends on the family."""

_STATUS = 14


class StandIn(socket.socket):
    """Behaves as an SCTP socket would, as far as the agent can tell.

    Addresses become names of UNIX sockets. *packet* is what one packet carries;
    *refusal* the errno of the next connect, 0 for none.
    """

    packet = 1452
    refusal = 0
    gone = False
    pretended = socket.AF_INET
    kind = socket.SOCK_STREAM
    own: Value = None
    peer: Value = None

    @property
    def type(self) -> int:  # type: ignore[override]
        """The style that was asked for."""
        return self.kind

    @property
    def family(self) -> int:  # type: ignore[override]
        """The family that was asked for."""
        return self.pretended

    def setsockopt(self, *args: Value) -> None:
        """Take what UNIX sockets take, remember nothing else."""
        if args[0] == socket.SOL_SOCKET:
            super().setsockopt(*args)

    def getsockopt(self, *args: Value) -> Value:
        """Return the status of an association that is or is not there."""
        if args[:2] != (socket.IPPROTO_SCTP, _STATUS):
            return super().getsockopt(*args)
        if self.gone:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return struct.pack("@20xI152x", self.packet)

    def bind(self, address: Value) -> None:
        """Bind a name that stands for the address."""
        self.own = address
        super().bind(_name(address))

    def connect(self, address: Value) -> None:
        """Connect to the name that stands for the address."""
        if self.refusal:
            raise OSError(self.refusal, os.strerror(self.refusal))
        super().connect(_name(address))

    def accept(self) -> tuple[Self, Value]:
        """Return an association with its addresses."""
        descriptor, name = self._accept()  # type: ignore[attr-defined]
        sock = type(self)(fileno=descriptor)
        sock.own, sock.peer = self.own, _address(name)
        return sock, sock.peer

    def getsockname(self) -> Value:
        """Return the address that was bound."""
        return self.own

    def getpeername(self) -> Value:
        """Return the address that the peer has bound."""
        return self.peer

    def shutdown(self, how: int) -> None:
        """End the association, at once."""
        super().shutdown(how)
        self.gone = True


def factory(**attributes: Value) -> SocketFactory:
    """Return what makes stand-ins that have these attributes."""

    def make(family: int, kind: int, _protocol: int) -> socket.socket:
        fixed = {"pretended": family, "kind": kind, **attributes}
        made = type("Made", (StandIn,), fixed)
        sock: socket.socket = made(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return sock

    return make


def _name(address: Value) -> bytes:
    host, port = address[:2]
    if not port:
        port = os.urandom(4).hex()
    return f"\0sctp-stand-in {os.getpid()} {host} {port}".encode()


def _address(name: bytes) -> tuple[str, int]:
    host, _port = name.decode().split()[-2:]
    return host, 1
