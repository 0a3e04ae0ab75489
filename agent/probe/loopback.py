"""Bringing up lo in the calling thread's namespace, by one message of netlink."""

import os
import socket

from agent.parts import only_parts_of

_LOOPBACK = 1  # the index of lo, the first interface of every namespace
_IFF_UP = 1
_RTM_NEWLINK = 16
_NLM_F_REQUEST, _NLM_F_ACK = 1, 4
_LARGEST = 8192  # an acknowledgement repeats the request, which is short


def raise_loopback() -> None:
    """Bring up lo in the calling thread's namespace; may raise OSError."""
    with only_parts_of("pyroute2"):
        from pyroute2.netlink import nlmsg, nlmsgerr  # type: ignore[import-untyped]

    class Link(nlmsg):  # type: ignore[misc]
        """Struct ifinfomsg of rtnetlink(7)."""

        fields = (
            ("family", "B"),
            ("padding", "B"),
            ("type", "H"),
            ("index", "i"),
            ("flags", "I"),
            ("change", "I"),
        )

    request = Link()
    request["header"]["type"] = _RTM_NEWLINK
    request["header"]["flags"] = _NLM_F_REQUEST | _NLM_F_ACK
    request["index"] = _LOOPBACK
    request["flags"] = request["change"] = _IFF_UP
    request.encode()
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    # No socket of pyroute2's: that may open it in a child. This thread is there.
    with socket.socket(socket.AF_NETLINK, kind, socket.NETLINK_ROUTE) as routes:
        routes.send(request.data)
        answer = nlmsgerr(routes.recv(_LARGEST))
    answer.decode()
    if code := -answer["error"]:
        raise OSError(code, os.strerror(code))
