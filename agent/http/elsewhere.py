"""Requests that a browser makes for a page from elsewhere: refused, as pure rules.

What we say is for whoever may reach us. A browser may, and so could every page that it
shows; but it marks what is not of our own page, and scrapers set no such marks.
"""

import ipaddress

from agent.http.message import READING, Request

_OTHER_SITES = {"cross-site", "same-site"}
#: Names that nobody can own in the public DNS, and point to a browser's own machine.
_PRIVATE = (".localhost", ".local", ".internal", ".svc")


def comes_from_elsewhere(request: Request) -> bool:
    """Tell whether a page that is not ours has made a browser ask.

    Following a link to us is no such thing, sending a form is. Through a
    port-forward, which ends at a loopback address, we are called localhost or by an
    address: another name there is one whose owner has let it point at us, so that his
    page would count as ours.
    """
    if request.header("sec-fetch-site") in _OTHER_SITES:
        follows = request.header("sec-fetch-mode") == "navigate"
        return not (follows and request.method in READING)
    host = request.header("host")
    origin = request.header("origin")
    if origin and origin.partition("://")[2] != host:
        return True
    return _is_loopback(request.reached) and not _is_private(host)


def _is_loopback(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def _is_private(host: str) -> bool:
    """Tell whether *host*, with a port or without, is no name of the public DNS."""
    if host.startswith("["):  # an address of IPv6
        return True
    name = host.lower().partition(":")[0]
    if "." not in name or name.endswith(_PRIVATE):
        return True
    return name.replace(".", "").isdigit()  # no top-level domain is a number
