"""Who has to leave when all places are taken: a pure choice, that hurts the least."""

import ipaddress
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

Key = TypeVar("Key")
_NETWORK = 64  # bits of an address of IPv6: whoever has one, has all of these


class Waiting(IntEnum):
    """What is to come next, of a client or, for an answer, of us."""

    FIRST_REQUEST = 0
    NEXT_REQUEST = 1
    TAKING_RESPONSE = 2
    ANSWER = 3


@dataclass(frozen=True, slots=True)
class Place(Generic[Key]):
    """One client's place: *since* when its present *waiting* lasts."""

    key: Key
    network: str
    waiting: Waiting
    since: float


def first_to_leave(places: Collection[Place[Key]]) -> Key:
    """Return the key of the one whose place a newcomer gets.

    One of those that have their answer, if there are any: it loses nothing. And the
    oldest of the network that has the most of them, so that nobody who fills the
    places drives out others than himself.
    """
    idle = [each for each in places if each.waiting is Waiting.NEXT_REQUEST]
    candidates = idle or places
    crowd = Counter(each.network for each in candidates)
    return min(candidates, key=lambda each: (-crowd[each.network], each.since)).key


def network_of(address: str) -> str:
    """Return what counts as one client: an address of IPv4, or a network of IPv6.

    >>> network_of("192.0.2.1"), network_of("::ffff:192.0.2.1")
    ('192.0.2.1', '192.0.2.1')
    >>> network_of("2001:db8::1%2")
    '2001:db8::/64'
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((ip, _NETWORK), strict=False))
    return str(ip)
