"""What in the calling thread's network namespace is in the way: read when it failed."""

import fcntl
import socket
import struct
from contextlib import suppress

from agent.kernel.obstacles import Loopback, obstacle

_SIOCGIFFLAGS, _IFF_UP = 0x8913, 1
_REQUEST = struct.Struct("@16sH22x")  # ifreq
_DISCARD = 9  # a port; none is asked
_LONGEST = 64  # bytes of a number


def in_the_way(error: str, family: int, address: str) -> str:
    """Return what explains that an association with *address* failed, else "".

    *error* is an errno's name. What is sent to an own address goes through lo, too.
    """
    loopback = Loopback()
    if error not in {"", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT"}:
        own = _is_own(family, address)
        is_loopback = address in {"127.0.0.1", "::1"}
        up = _is_up() if own is not False or is_loopback else None
        loopback = Loopback(up, own if is_loopback else None)
    return obstacle(error, loopback, _read)


def _is_own(family: int, address: str) -> bool | None:
    """Tell whether *address* is of this namespace: then a route to it begins there.

    Nothing is sent. A bind would not tell: net.ipv4.ip_nonlocal_bind permits any.
    """
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
    except OSError:
        return None
    with sock, suppress(OSError):  # no route
        sock.connect((address, _DISCARD))
        return bool(sock.getsockname()[0] == address)
    return False


def _is_up() -> bool | None:
    request = _REQUEST.pack(b"lo", 0)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            answer = fcntl.ioctl(sock, _SIOCGIFFLAGS, request)
    except OSError:
        return None
    return bool(_REQUEST.unpack(answer)[1] & _IFF_UP)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read(_LONGEST)
    except OSError:
        return ""
