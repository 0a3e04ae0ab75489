"""One SCTP conversation with oneself on loopback, in the caller's namespace.

Opening such a socket makes the kernel load the module: whether that may happen
is the caller's decision, and is made before anything here is called.
"""

import errno
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from agent.errno_names import error_name
from agent.findings import SocketResult
from agent.probe.obstacles import in_the_way

FAMILIES = {
    "ipv4": (socket.AF_INET, "127.0.0.1"),
    "ipv6": (socket.AF_INET6, "::1"),
}
# Never SOCK_RAW: it loads nothing, and root gets one even without SCTP.
STYLES = {"one-to-one": socket.SOCK_STREAM, "one-to-many": socket.SOCK_SEQPACKET}

_TOTAL = 2.0  # a whole conversation may take this many times the step's deadline
_PAUSE = 0.005
_PING = b"sctp-node-agent asks whether this arrives"
_PONG = b"sctp-node-agent answers that it did"
_ROOM = 4096
_STARTED = {0, errno.EAGAIN, errno.EINPROGRESS}
_NET = "/proc/thread-self/net"  # of the calling thread's namespace

SocketFactory = Callable[[int, int, int], socket.socket]


def probe(
    family: str,
    style: str,
    *,
    netns: str,
    deadline: float = 1.0,
    socket_factory: SocketFactory = socket.socket,
) -> SocketResult:
    """Bind, listen, connect and pass data both ways; say how far that came.

    *family* and *style* are keys of FAMILIES and STYLES. *netns* only labels the
    result. Each step may take *deadline* seconds, the whole twice that. No
    OSError leaves: it becomes the result's error.
    """
    began = time.perf_counter()
    walk = _Walk(step=deadline, end=began + _TOTAL * deadline)
    error = obstacle = ""
    try:
        _converse(walk, family, style, socket_factory)
    except OSError as problem:
        error = error_name(problem)
        obstacle = in_the_way(error, *FAMILIES[family])
    return SocketResult(
        netns=netns,
        family=family,
        style=style,
        success=not error,
        stage=walk.stage,
        error=error,
        seconds=time.perf_counter() - began,
        time=time.time(),
        obstacle=obstacle,
    )


@dataclass(slots=True)
class _Walk:
    """Which stage a conversation is in, and how long it may still take."""

    step: float
    end: float
    stage: str = "socket"

    def limit(self, sock: socket.socket) -> socket.socket:
        """Return *sock*, its next call limited to the time that is left."""
        # Python then leaves the descriptor non-blocking and polls it.
        sock.settimeout(self.patience())
        return sock

    def patience(self) -> float:
        """Return the seconds the next step may take; TimeoutError when none."""
        seconds = min(self.step, self.end - time.perf_counter())
        if seconds <= 0:
            raise TimeoutError
        return seconds


def _converse(walk: _Walk, family: str, style: str, make: SocketFactory) -> None:
    domain, address = FAMILIES[family]
    kind = STYLES[style]
    if domain == socket.AF_INET6:
        _require_ipv6()
    talk = _one_to_one if kind == socket.SOCK_STREAM else _one_to_many
    with ExitStack() as sockets:
        server = sockets.enter_context(make(domain, kind, socket.IPPROTO_SCTP))
        client = sockets.enter_context(make(domain, kind, socket.IPPROTO_SCTP))
        walk.stage = "bind"
        server.bind((address, 0))
        # Unbound, the client would offer every address of the node as a path.
        client.bind((address, 0))
        walk.stage = "listen"
        server.listen(1)
        walk.stage = "connect"
        talk(walk, server, client)
        walk.stage = "done"


def _require_ipv6() -> None:
    """Fail as socket() does where the kernel has no IPv6, without calling it.

    It would run modprobe for net-pf-10 first, each time, and load an ipv6 that
    is a module and was kept out.
    """
    if os.path.exists(_NET) and not os.path.exists(f"{_NET}/if_inet6"):
        code = errno.EAFNOSUPPORT
        raise OSError(code, os.strerror(code))


def _one_to_one(walk: _Walk, server: socket.socket, client: socket.socket) -> None:
    walk.limit(client).connect(server.getsockname())
    peer, _ = walk.limit(server).accept()
    with peer:
        walk.stage = "exchange"
        walk.limit(client).send(_PING)
        _expect(_PING, walk.limit(peer).recv(_ROOM))
        walk.limit(peer).send(_PONG)
        _expect(_PONG, walk.limit(client).recv(_ROOM))


def _one_to_many(walk: _Walk, server: socket.socket, client: socket.socket) -> None:
    target = server.getsockname()
    walk.limit(client).connect(target)
    _await_association(walk, client, target)
    walk.stage = "exchange"
    # Addresses in every call: on this style, send() has no default association.
    walk.limit(client).sendto(_PING, target)
    data, sender = walk.limit(server).recvfrom(_ROOM)
    _expect(_PING, data)
    walk.limit(server).sendto(_PONG, sender)
    data, _ = walk.limit(client).recvfrom(_ROOM)
    _expect(_PONG, data)


def _await_association(
    walk: _Walk, client: socket.socket, target: tuple[object, ...]
) -> None:
    """Wait until the one-to-many socket *client* is associated with *target*.

    Such a socket is writable before it has an association, so polling tells
    nothing. Another connect does: EISCONN once there is one, EALREADY before.
    Anything else began a new attempt: the former was refused.
    """
    until = time.perf_counter() + walk.patience()
    while (code := client.connect_ex(target)) != errno.EISCONN:
        if code != errno.EALREADY:
            code = errno.ECONNREFUSED if code in _STARTED else code
            raise OSError(code, os.strerror(code))
        if time.perf_counter() >= until:
            raise TimeoutError
        time.sleep(_PAUSE)


def _expect(data: bytes, answer: bytes) -> None:
    if not answer:
        raise ConnectionResetError(errno.ECONNRESET, "closed before the data came")
    if answer != data:
        raise OSError(errno.EBADMSG, "other data than was sent")
