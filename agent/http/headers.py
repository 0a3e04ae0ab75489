"""The headers of a response: what every one has, and what it brings."""

import time
from collections.abc import Iterator
from http import HTTPStatus

from agent.http.message import Response
from agent.times import http_date

# The default policy; a page that needs more brings its own.
_POLICY = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
_WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_HEADERS = (
    ("Server", "sctp-node-agent"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


def headers(response: Response, *, last: bool) -> list[tuple[str, str]]:
    """Return the headers of *response*; the *last* one says so."""
    own_headers = [
        ("Date", http_date(time.time())),
        ("Content-Type", response.content_type),
        *_length(response),
        *_HEADERS,
        *response.headers,
    ]
    if not any(name == _POLICY[0] for name, _ in response.headers):
        own_headers.append(_POLICY)
    if last:
        own_headers.append(("Connection", "close"))
    return own_headers


def _length(response: Response) -> Iterator[tuple[str, str]]:
    """Yield the length, where there may be a body (RFC 9110, section 8.6)."""
    if response.status not in _WITHOUT_BODY:
        yield "Content-Length", str(len(response.body))
