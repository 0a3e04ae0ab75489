"""Sockets of other protocols in place of SCTP's, and ones that misbehave."""

import errno
import os
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Self, cast

Spoil = OSError | Callable[..., object]


class OverUdp(socket.socket):
    """A one-to-many socket as far as the prober can see, made of UDP."""

    pending = 1  # how many repeated connects still find no association

    def listen(self, *_: object) -> None:
        """Accept associations; UDP knows no such thing."""

    def connect_ex(self, _target: object) -> int:
        """Answer as SCTP does when asked to connect once more."""
        self.pending -= 1
        return errno.EALREADY if self.pending >= 0 else errno.EISCONN


def stand_in(domain: int, kind: int, protocol: int) -> socket.socket:
    """Return a TCP or UDP socket in place of the SCTP one that was asked for."""
    assert protocol == 132
    if kind == socket.SOCK_SEQPACKET:
        return OverUdp(domain, socket.SOCK_DGRAM)
    assert kind == socket.SOCK_STREAM
    return socket.socket(domain, kind)


class Spoiled:
    """Passes calls on to a socket, except those in *spoilt*.

    An OSError there is raised; a function gets the socket and the arguments.
    """

    def __init__(self, sock: socket.socket, spoilt: Mapping[str, Spoil]) -> None:
        self._sock = sock
        self._spoilt = spoilt

    def __getattr__(self, name: str) -> Callable[..., object]:
        spoil = self._spoilt.get(name)
        real: Callable[..., object] = getattr(self._sock, name)
        return real if spoil is None else partial(self._spoil, spoil)

    def _spoil(self, spoil: Spoil, *arguments: object) -> object:
        if isinstance(spoil, OSError):
            raise spoil
        return spoil(self._sock, *arguments)

    def accept(self) -> tuple["Spoiled", object]:
        """Accept a connection whose socket is spoiled as well."""
        if isinstance(problem := self._spoilt.get("accept"), OSError):
            raise problem
        peer, address = self._sock.accept()
        return Spoiled(peer, self._spoilt), address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()


class Workshop:
    """Makes stand-ins, spoiled ones where asked, and remembers them."""

    def __init__(self, **spoilt: Spoil) -> None:
        self._spoilt = spoilt
        self.made: list[socket.socket] = []

    def __call__(self, domain: int, kind: int, protocol: int) -> socket.socket:
        """Make one; a spoilt *socket* is one that cannot be made."""
        if isinstance(problem := self._spoilt.get("socket"), OSError):
            raise problem
        self.made.append(stand_in(domain, kind, protocol))
        return cast("socket.socket", Spoiled(self.made[-1], self._spoilt))


def fails(code: int) -> OSError:
    """Return the error that a system call with this errno raises."""
    return OSError(code, os.strerror(code))
