"""The addresses of this network namespace."""

import socket

_FAMILIES = {socket.AF_INET, socket.AF_INET6}


def own_addresses() -> tuple[str, ...]:
    """Return the addresses of all interfaces, without zones."""
    import psutil

    return tuple(
        address.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in _FAMILIES
    )
