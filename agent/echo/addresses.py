"""Addresses as the kernel gives them: of a socket, of a route, of all interfaces."""

import socket
from typing import Any

_FAMILIES = {socket.AF_INET, socket.AF_INET6}


def spell(address: tuple[Any, ...]) -> str:
    """Return the host of a socket's address, a link-local one with its interface.

    >>> spell(("192.0.2.1", 9)), spell(("fe80::1", 9, 0, 2))
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
        return spell(sock.getsockname())


def own_addresses() -> tuple[str, ...]:
    """Return the addresses of all interfaces, without zones."""
    import psutil

    return tuple(
        address.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in _FAMILIES
    )
