"""The sockets of a listen address."""

import errno
import socket
from contextlib import ExitStack

from agent.hostport import Listen, ascii_bytes

BACKLOG = 1024
# What says that a family is not to be had here: not in the kernel (ipv6.disable=1),
# none of its addresses on an interface, or no permission to ask for it.
_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPERM}


def bind(address: Listen) -> list[socket.socket]:
    """Return listening sockets for *address*; raise OSError.

    Without a host one socket serves IPv4 and IPv6, or IPv4 alone on a node
    without IPv6. A name is bound on each address it has; those of IPv6 may be
    left out where there is none.
    """
    if not address.host:
        return [_bind_everywhere(address.port)]
    answers = socket.getaddrinfo(
        ascii_bytes(address.host),
        address.port,
        type=socket.SOCK_STREAM,
        flags=socket.AI_PASSIVE,
    )
    with ExitStack() as until_all_are_bound:
        listeners = []
        refusal = OSError(f"{address.host} has no address")
        for family, where in dict.fromkeys((int(each[0]), each[4]) for each in answers):
            try:
                listener = _listening(family, where)
            except OSError as error:
                if family != socket.AF_INET6 or error.errno not in _NO_FAMILY:
                    raise
                refusal = error
            else:
                listeners.append(until_all_are_bound.enter_context(listener))
        if not listeners:
            raise refusal
        until_all_are_bound.pop_all()
    return listeners


def name(listener: socket.socket) -> str:
    """Return a socket's own address in the form that *parse_listen* reads."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bind_everywhere(port: int) -> socket.socket:
    try:
        return _listening(socket.AF_INET6, ("", port), both=True)
    except OSError as error:
        if error.errno not in _NO_FAMILY:
            raise
    return _listening(socket.AF_INET, ("", port))


def _listening(
    family: int, where: tuple[object, ...], *, both: bool = False
) -> socket.socket:
    """Return a socket that listens at *where*, by *both* protocols if it is IPv6.

    Not by create_server, which takes any failure to mean that there is no IPv6, and
    tells of none by a ValueError.
    """
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both)
        listener.bind(where)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        error.strerror = f"{error.strerror} ({where[0] or 'all addresses'}:{where[1]})"
        raise
    return listener
