"""Names to addresses, in a thread of its own: the C library's resolver blocks."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from functools import partial

from agent.paths.route import spelled
from agent.worker import in_thread

DEFAULT_PORT = 10132
FAMILIES = {"any": socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_LAST_PORT = 0xFFFF


@dataclass(frozen=True, slots=True)
class Target:
    """What a user named: a host name or a numeric address, and a port."""

    host: str
    port: int = DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class Address:
    """A numeric address: *family* is AF_INET or AF_INET6."""

    family: int
    host: str


def parse_target(text: str) -> Target:
    """Read HOST, HOST:PORT, ADDRESS, [ADDRESS] or [ADDRESS]:PORT; or ValueError.

    >>> parse_target("agents.sctp.svc"), parse_target("[fd00::7]:30132")
    (Target(host='agents.sctp.svc', port=10132), Target(host='fd00::7', port=30132))
    """
    if _is_ipv6(text):
        return Target(text)
    host, colon, port = text.rpartition(":")
    if text.startswith("[") and text.endswith("]"):
        host, colon, port = text, "", ""
    elif not colon:
        host = text
    if host.startswith("[") and host.endswith("]") and _is_ipv6(host[1:-1]):
        host = host[1:-1]
    elif not host or set(host) & set("[]:/ ") or not host.isprintable():
        raise ValueError(f"not HOST, HOST:PORT or [ADDRESS]:PORT: {text!r}")
    if not colon:
        return Target(host)
    is_number = port.isascii() and port.isdigit() and len(port) <= len("65535")
    if not is_number or not 0 < int(port) <= _LAST_PORT:
        raise ValueError(f"no such port: {text!r}")
    return Target(host, int(port))


async def resolve(host: str, *, family: int, deadline: float) -> tuple[Address, ...]:
    """Return the addresses of *host* in the resolver's order, without duplicates.

    Numeric ones are returned at once. Raise OSError (socket.gaierror) when there
    are none, TimeoutError after *deadline* seconds.
    """
    # For datagrams: the C library knows nothing of SCTP, the addresses are the same.
    look_up = partial(socket.getaddrinfo, host, None, family, socket.SOCK_DGRAM)
    try:
        found = await asyncio.wait_for(in_thread(look_up), deadline)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "no host name") from None
    known = {Address(int(each[0]), spelled(each[4])): None for each in found}
    return tuple(known)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
