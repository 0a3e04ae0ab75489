"""What in a network namespace keeps associations from standing, by its settings. Pure.

Sources: the kernel's net/sctp/sm_make_chunk.c (sctp_verify_ext_param) for addresses
that are added without authentication, net/netfilter/nf_conntrack_core.c for the table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_SCTP = "/proc/sys/net/sctp"
_ADDIP, _AUTH = f"{_SCTP}/addip_enable", f"{_SCTP}/auth_enable"
_WITHOUT_AUTH = f"{_SCTP}/addip_noauth_enable"
_COUNT = "/proc/sys/net/netfilter/nf_conntrack_count"
_MOST = "/proc/sys/net/netfilter/nf_conntrack_max"

_NEARLY = 0.99  # it is read a moment after the packet was dropped


class Obstacle(StrEnum):
    """The kinds; the value is what a message says."""

    LOOPBACK_DOWN = "the interface lo is down"
    NO_LOOPBACK_ADDRESS = "no interface has the loopback address"
    ADDIP_WITHOUT_AUTH = (
        "net.sctp.addip_enable is 1 and auth_enable is not: this kernel aborts an "
        "association with who offers the same, itself included"
    )
    CONNTRACK_FULL = (
        "the table of conntrack is full, or nearly so, and then drops what is new"
    )

    @property
    def place(self) -> str:
        """The setting, or the interface, that is to be looked at."""
        return _PLACES[self]

    @property
    def is_of_loopback(self) -> bool:
        """True when it says nothing about SCTP with others."""
        return self in {Obstacle.LOOPBACK_DOWN, Obstacle.NO_LOOPBACK_ADDRESS}


_PLACES = {
    Obstacle.LOOPBACK_DOWN: "lo",
    Obstacle.NO_LOOPBACK_ADDRESS: "lo",
    Obstacle.ADDIP_WITHOUT_AUTH: _ADDIP,
    Obstacle.CONNTRACK_FULL: _COUNT,
}


@dataclass(frozen=True, slots=True)
class Loopback:
    """Whether lo *is_up* and somebody *has_address*; None stands for not known."""

    is_up: bool | None = None
    has_address: bool | None = None


def obstacle(error: str, loopback: Loopback, read: Callable[[str], str]) -> str:
    """Return the obstacle that explains *error*, an errno's name, else "".

    *read* returns the text of a file under /proc, "" where there is none.
    """
    if loopback.is_up is False:
        return Obstacle.LOOPBACK_DOWN
    if loopback.has_address is False:
        return Obstacle.NO_LOOPBACK_ADDRESS
    refused = error in {"ECONNREFUSED", "ECONNRESET", "ECONNABORTED"}
    if refused and [_number(read(p)) for p in (_ADDIP, _AUTH, _WITHOUT_AUTH)] in (
        [1, 0, 0],
        [1, 0, None],
    ):
        return Obstacle.ADDIP_WITHOUT_AUTH
    count, most = _number(read(_COUNT)), _number(read(_MOST))
    if error in {"ETIMEDOUT", "EPERM"} and count is not None and most:
        return Obstacle.CONNTRACK_FULL if count >= most * _NEARLY else ""
    return ""


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() else None
