"""Addresses as the kernel gives them: spelled out, and the one a route starts from."""

import socket
from typing import Any


def spelled(address: tuple[Any, ...]) -> str:
    """Return the host of a socket's address, a link-local one with its interface.

    >>> spelled(("192.0.2.1", 9)), spelled(("fe80::1", 9, 0, 2))
    ('192.0.2.1', 'fe80::1%2')
    """
    host, scope = address[0], address[3:4]
    return f"{host}%{scope[0]}" if any(scope) else str(host)


def source(family: int, address: tuple[Any, ...]) -> str:
    """Return the local address towards *address*; raise OSError without a route.

    Nothing is sent: a UDP socket that is connected has been routed.
    """
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect(address)
        return spelled(sock.getsockname())
