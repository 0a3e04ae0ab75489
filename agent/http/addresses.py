"""The sockets of a listen address."""

import errno
import socket
from contextlib import ExitStack

from agent.hostport import Listen

BACKLOG = 128
_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


def bind(address: Listen) -> list[socket.socket]:
    """Return listening sockets for *address*; raise OSError.

    Without a host one socket serves IPv4 and IPv6, or IPv4 alone on a node
    without IPv6. A name is bound on each address it has.
    """
    if not address.host:
        return [_bind_everywhere(address.port)]
    found = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    with ExitStack() as until_all_are_bound:
        listeners = [
            until_all_are_bound.enter_context(
                socket.create_server(where, family=family, backlog=BACKLOG)
            )
            for family, _, _, _, where in found
        ]
        until_all_are_bound.pop_all()
    return listeners


def name(listener: socket.socket) -> str:
    """Return a socket's own address in the form that *parse_listen* reads."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bind_everywhere(port: int) -> socket.socket:
    try:
        return socket.create_server(
            ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG
        )
    except OSError as error:
        if error.errno not in _NO_IPV6:
            raise
    return socket.create_server(("", port), backlog=BACKLOG)
