"""Names and addresses that peers tell: checked before anybody believes them."""

import ipaddress
import re
from collections.abc import Iterable
from enum import StrEnum

_LONGEST = 253
_LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class Family(StrEnum):
    """A version of the Internet Protocol, as a label."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


def is_node_name(text: str) -> bool:
    """Say whether Kubernetes would have a node of this name (a DNS subdomain).

    >>> is_node_name("worker-0.example"), is_node_name("Worker_0")
    (True, False)
    """
    return len(text) <= _LONGEST and _SUBDOMAIN.fullmatch(text) is not None


def family(address: str) -> Family:
    """Return the family of a numeric address.

    >>> family("192.0.2.1").value, family("2001:db8::1").value
    ('ipv4', 'ipv6')
    """
    return Family.IPV6 if ":" in address else Family.IPV4


def canonical(text: str) -> str:
    """Return an address as everybody writes it, or "" if *text* is none.

    An IPv4 address in IPv6's clothes is an IPv4 address. Zones are refused: they
    mean something on one node only.

    >>> canonical("2001:DB8:0::1"), canonical("::ffff:192.0.2.1")
    ('2001:db8::1', '192.0.2.1')
    >>> canonical("fe80::1%eth0"), canonical("x")
    ('', '')
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return ""
        return str(address.ipv4_mapped or address)
    return str(address)


def dialable(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return those that may be a node's for others: unicast beyond the host.

    >>> dialable(["192.0.2.1", "127.0.0.1", "fe80::1", "224.0.0.1", "0.0.0.0", "?"])
    ('192.0.2.1',)
    """
    return tuple(a for a in map(canonical, addresses) if a and _is_dialable(a))


def _is_dialable(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return not (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )
