"""Requests and responses as the endpoints see them: values, no sockets."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from agent.http.parallel import Parallel

PLAIN_TEXT = "text/plain; charset=utf-8"
#: The methods that change nothing.
READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Peer:
    """Who a client is, by a certificate that was verified."""

    common_names: tuple[str, ...] = ()
    sans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for; names of headers are in lower case.

    *path* is the target without its query, as sent: nothing is decoded, so that
    one path has one spelling. *peer* is None without a verified certificate,
    *reached* the own address that was asked, *network* what counts as one client.
    *has_left* tells, at any time, whether it sends nothing more.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    peer: Peer | None = None
    reached: str = ""
    network: str = ""
    has_left: Callable[[], bool] = field(default=lambda: False, compare=False)

    def header(self, name: str) -> str:
        """Return a header's value, "" without it."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Response:
    """What it gets; with *bound*, together with only so many others."""

    status: HTTPStatus
    body: bytes
    content_type: str = PLAIN_TEXT
    headers: tuple[tuple[str, str], ...] = ()
    bound: Parallel | None = field(default=None, compare=False)


_END_OF_HEAD = re.compile(rb"\n\r?\n")


def lines_of_head(data: bytes) -> int:
    r"""Return how many lines the first head in *data* has, as far as it is there.

    >>> lines_of_head(b"\r\nGET / HTTP/1.1\r\nHost: n\r\n\r\nGET /")
    2
    """
    head = data.lstrip(b"\r\n")
    end = _END_OF_HEAD.search(head)
    return head.count(b"\n", 0, end.start() + 1 if end else len(head))


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by their names, those of one name as one.

    >>> headers_of([(b"accept", b"a"), (b"host", b"node"), (b"accept", b"b")])
    {'accept': 'a, b', 'host': 'node'}
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def line(status: HTTPStatus, text: str = "") -> Response:
    """Return a response of one line, by default the status in words."""
    return Response(status, f"{text or status.phrase}\n".encode())


def path_of(target: str) -> str:
    """Return the path of a request's target (RFC 9112, section 3.2).

    >>> path_of("/metrics?name=x"), path_of("http://node:10132/"), path_of("*")
    ('/metrics', '/', '*')
    """
    without_query = target.partition("?")[0]
    if without_query.startswith("/"):
        return without_query
    scheme, _, rest = without_query.partition("://")
    if scheme.lower() not in {"http", "https"}:
        return without_query
    return "/" + rest.partition("/")[2]
