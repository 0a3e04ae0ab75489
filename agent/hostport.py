"""HOST:PORT as people write it: where to listen, and what to dial."""

import ipaddress
from dataclasses import dataclass

DEFAULT_PORT = 10132
_LAST_PORT = 0xFFFF


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; an empty *host* means every address of the node."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Target:
    """What a user named: a host name or a numeric address, and a port."""

    host: str
    port: int = DEFAULT_PORT


def ascii_bytes(host: str) -> str | bytes:
    """Return a host name as the C library wants it.

    A text costs Python's tables of international names, 0.2 MB, even where it is none.
    """
    return host.encode() if host.isascii() else host


def parse_listen(text: str) -> Listen:
    """Read `HOST:PORT`, `[IPV6]:PORT` or `:PORT`; raise ValueError otherwise.

    >>> parse_listen("[::1]:9000"), parse_listen(":10132")
    (Listen(host='::1', port=9000), Listen(host='', port=10132))
    """
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    if not colon or not _is_number(port) or (":" in host) != bracketed:
        raise ValueError(f"not HOST:PORT, [IPV6]:PORT or :PORT: {text!r}")
    if int(port) > _LAST_PORT:
        raise ValueError(f"no such port: {text!r}")
    return Listen(host, int(port))


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
    if not _is_number(port) or not 0 < int(port) <= _LAST_PORT:
        raise ValueError(f"no such port: {text!r}")
    return Target(host, int(port))


def _is_number(port: str) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= len("65535")


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
