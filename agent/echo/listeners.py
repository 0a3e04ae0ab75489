"""Listening SCTP sockets of both styles, and the associations they hand out."""

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Callable

from agent.echo import presence, sockopts

SocketFactory = Callable[[int, int, int], socket.socket]

_BACKLOG = 128
_BUFFER = 64 << 10  # bytes each way: what one association may hold of the kernel's
_FORGOTTEN_AFTER = 30  # seconds; an association that was not peeled off ends then
_PEELOFF_FLAGS = 122  # SCTP_SOCKOPT_PEELOFF_FLAGS
_NOTIFICATION = 0x8000  # MSG_NOTIFICATION
_ROOM = 4096
_CHANGE = struct.Struct("@HHIHHHHi")  # sctp_assoc_change
_ASSOC_CHANGE, _COMM_UP = 0x8001, 0
_PEELED = struct.Struct("@iiI")  # sctp_peeloff_flags_arg_t


def open_one_to_one(
    family: int, where: tuple[str, int], make: SocketFactory = socket.socket
) -> socket.socket:
    """Return a socket that listens for associations to accept; raise OSError."""
    return _listening(make, (family, socket.SOCK_STREAM), where)


def open_one_to_many(
    family: int, where: tuple[str, int], make: SocketFactory = socket.socket
) -> socket.socket:
    """Return a socket that gets associations to peel off; raise OSError."""
    return _listening(make, (family, socket.SOCK_SEQPACKET), where)


def accept(listener: socket.socket) -> socket.socket:
    """Return the next association; raise OSError, BlockingIOError when none waits."""
    sock, _ = listener.accept()
    return sock


def peel_off(listener: socket.socket) -> socket.socket | None:
    """Read what a one-to-many socket has to say; return a new association's socket.

    On such a socket the kernel accepts whoever comes, and all share one buffer.
    So each association gets a socket of its own before it is answered, and then
    the same limits hold as for the other style. None when the news was another.
    """
    data, _, flags, _ = listener.recvmsg(_ROOM)
    if not flags & _NOTIFICATION or len(data) < _CHANGE.size:
        return None
    kind, _, _, state, _, _, _, association = _CHANGE.unpack_from(data)
    if (kind, state) != (_ASSOC_CHANGE, _COMM_UP):
        return None
    return socket.socket(fileno=_peel_off(listener.fileno(), association))


def _listening(
    make: SocketFactory, kind: tuple[int, int], where: tuple[str, int]
) -> socket.socket:
    family, style = kind
    if family == socket.AF_INET6 and not presence.has_ipv6():
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    sock = make(family, style, sockopts.SCTP)
    try:
        _prepare(sock)
        sock.bind(where)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _prepare(sock: socket.socket) -> None:
    sock.settimeout(0)
    if sock.family == socket.AF_INET6:
        # One family each: an association would offer the other's addresses, too.
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    sockopts.hasten(sock)
    sockopts.keep_to_one_path(sock)
    if sock.type == socket.SOCK_SEQPACKET:
        sockopts.abort_on_close(sock)  # all that nobody has peeled off
        sockopts.close_idle(sock, _FORGOTTEN_AFTER)
        sockopts.announce_associations(sock)


def _peel_off(listener: int, association: int) -> int:
    """Return the descriptor of *association*; raise OSError."""
    # By ctypes: getsockopt of Python passes nothing in.
    libc = ctypes.CDLL(None, use_errno=True)
    wish = _PEELED.pack(association, -1, socket.SOCK_CLOEXEC)
    value = ctypes.create_string_buffer(wish, _PEELED.size)
    size = ctypes.byref(ctypes.c_uint(_PEELED.size))
    if libc.getsockopt(listener, sockopts.SCTP, _PEELOFF_FLAGS, value, size) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(_PEELED.unpack(value.raw)[1])
