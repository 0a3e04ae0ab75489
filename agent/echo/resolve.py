"""Names to addresses, in a thread of its own: the C library's resolver blocks."""

import asyncio
import socket
from dataclasses import dataclass
from functools import partial

from agent.echo.addresses import spell
from agent.hostport import ascii_bytes
from agent.threads import in_thread

FAMILIES = {"any": socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}


@dataclass(frozen=True, slots=True)
class Address:
    """A numeric address: *family* is AF_INET or AF_INET6."""

    family: int
    host: str


async def resolve(host: str, *, family: int, deadline: float) -> tuple[Address, ...]:
    """Return the addresses of *host* in the resolver's order, without duplicates.

    Numeric ones are returned at once. Raise OSError (socket.gaierror) when there
    are none, TimeoutError after *deadline* seconds.
    """
    try:
        return await asyncio.wait_for(
            in_thread(partial(_look_up, host, family)), deadline
        )
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "no host name") from None


def _look_up(host: str, family: int) -> tuple[Address, ...]:
    # For datagrams: the C library knows nothing of SCTP, the addresses are the same.
    answers = socket.getaddrinfo(ascii_bytes(host), None, family, socket.SOCK_DGRAM)
    addresses = {Address(int(each[0]), spell(each[4])): None for each in answers}
    return tuple(addresses)
