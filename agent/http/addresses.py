"""Listen addresses as Prometheus exporters write them, and their sockets."""

import errno
import socket
from contextlib import ExitStack
from dataclasses import dataclass

BACKLOG = 128
_LAST_PORT = 0xFFFF
_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; an empty *host* means every address of the node."""

    host: str
    port: int


def parse(text: str) -> Address:
    """Read `HOST:PORT`, `[IPV6]:PORT` or `:PORT`; raise ValueError otherwise.

    >>> parse("[::1]:9000"), parse(":10132")
    (Address(host='::1', port=9000), Address(host='', port=10132))
    """
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    is_number = port.isascii() and port.isdigit() and len(port) <= len("65535")
    if not colon or not is_number or (":" in host) != bracketed:
        raise ValueError(f"not HOST:PORT, [IPV6]:PORT or :PORT: {text!r}")
    if int(port) > _LAST_PORT:
        raise ValueError(f"no such port: {text!r}")
    return Address(host, int(port))


def bind(address: Address) -> list[socket.socket]:
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
    """Return a socket's own address in the form *parse* reads."""
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
