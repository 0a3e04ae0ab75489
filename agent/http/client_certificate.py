"""Who a client is, from its certificate as ssl decodes it."""

import ipaddress
import math
import ssl
from collections.abc import Mapping
from typing import Any

from agent.http.message import Peer


def peer_of(certificate: Mapping[str, Any] | None) -> Peer | None:
    """Return who a verified *certificate*, as ssl decodes it, speaks for."""
    if not certificate:
        return None
    subject = (pair for group in certificate.get("subject", ()) for pair in group)
    names = tuple(value for key, value in subject if key == "commonName")
    sans = certificate.get("subjectAltName", ())
    return Peer(names, tuple(_san(kind, value) for kind, value in sans))


def end_of(certificate: Mapping[str, Any] | None) -> float:
    """Return when the *certificate* ends, in seconds since 1970; without one never."""
    if not certificate:
        return math.inf
    return ssl.cert_time_to_seconds(certificate["notAfter"])


def _san(kind: str, value: str) -> str:
    if kind == "IP Address":
        return str(ipaddress.ip_address(value.strip()))
    return value
