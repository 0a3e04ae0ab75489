"""Requests of every kind, well-formed or not, and their responses."""

from http import HTTPStatus

import pytest

from agent.http.message import Response
from tests.http.loopback import (
    GET,
    GET_AND_CLOSE,
    PAGE,
    bounded,
    connected,
    read_response,
    serving,
    talk,
)

_HOST = b"Host: node\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "status", [HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED], ids=str
)
def test_without_a_body(status: HTTPStatus) -> None:
    """An answer that has no body announces none, and the next one follows."""

    async def scenario() -> bytes:
        async with serving(lambda _: Response(status, b"")) as port:
            return await talk(port, GET + GET_AND_CLOSE)

    got = bounded(scenario()).lower()

    assert got.count(b"http/1.1 %d" % status) == 2
    assert b"content-length" not in got


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(GET_AND_CLOSE, b"HTTP/1.1 200 OK", id="get"),
        pytest.param(b"GET /page HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 OK", id="http-1.0"),
        pytest.param(
            b"GET http://node/page?a=b HTTP/1.1\r\nConnection: close\r\n"
            + _HOST
            + b"\r\n",
            b"HTTP/1.1 200 OK",
            id="absolute-target-with-query",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\nContent-Length: 3\r\n" + _HOST + b"\r\nabc",
            b"HTTP/1.1 200 OK",
            id="body-is-ignored",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\nContent-Length: 9999999\r\n" + _HOST + b"\r\nabc",
            b"HTTP/1.1 200 OK",
            id="announced-body-is-not-waited-for",
        ),
        pytest.param(
            GET_AND_CLOSE.replace(b"/page", b"/%70age"),
            b"HTTP/1.1 404 Not Found",
            id="another-spelling-is-another-path",
        ),
        pytest.param(
            GET_AND_CLOSE.replace(b"/page", b"/../page"),
            b"HTTP/1.1 404 Not Found",
            id="dots-mean-nothing",
        ),
        pytest.param(
            GET_AND_CLOSE.replace(b"GET", b"POST"),
            b"HTTP/1.1 405 Method Not Allowed",
            id="post",
        ),
        pytest.param(
            GET_AND_CLOSE.replace(b"GET", b"BREW"),
            b"HTTP/1.1 405 Method Not Allowed",
            id="unheard-of-method",
        ),
        pytest.param(
            b"POST /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
            + _HOST
            + b"Expect: 100-continue\r\n\r\n",
            b"HTTP/1.1 405 Method Not Allowed",
            id="post-that-waits-for-leave",
        ),
        pytest.param(
            b"HEAD /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
            + _HOST
            + b"\r\nno chunk\r\n",
            b"HTTP/1.1 200 OK",
            id="head-with-a-broken-body",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 Bad Request", id="no-host"
        ),
        pytest.param(
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"HTTP/1.1 400 Bad Request",
            id="tls-hello",
        ),
        pytest.param(b"\r\n" * 50, b"HTTP/1.1 400 Bad Request", id="empty-lines"),
        pytest.param(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"HTTP/1.1 505 HTTP Version Not Supported",
            id="http-2-preface",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
            + _HOST
            + b"\r\n",
            b"HTTP/1.1 400 Bad Request",
            id="two-lengths",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\nTransfer-Encoding: rot13\r\n" + _HOST + b"\r\n",
            b"HTTP/1.1 501 Not Implemented",
            id="unheard-of-encoding",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\nX: \0\r\n" + _HOST + b"\r\n",
            b"HTTP/1.1 400 Bad Request",
            id="zero-byte",
        ),
        pytest.param(
            b"GET /page HTTP/1.1\r\nX: " + b"x" * 200_000,
            b"HTTP/1.1 431 Request Header Fields Too Large",
            id="endless-head",
        ),
        pytest.param(
            b"GET /" + b"x" * 200_000,
            b"HTTP/1.1 431 Request Header Fields Too Large",
            id="endless-target",
        ),
    ],
)
def test_one_request(sent: bytes, status: bytes) -> None:
    """Every request gets one fitting answer, and then the connection ends."""

    async def scenario() -> bytes:
        async with serving() as port:
            return await talk(port, sent)

    answer = bounded(scenario())

    assert status == answer.partition(b"\r\n")[0]
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in answer


def test_head_and_headers() -> None:
    """HEAD gets the headers of GET, the protective ones included, and no body."""

    async def scenario() -> tuple[bytes, bytes]:
        async with serving() as port:
            asked = GET_AND_CLOSE.replace(b"GET", b"HEAD")
            return await talk(port, asked), await talk(port, GET_AND_CLOSE)

    head, whole = bounded(scenario())
    lines = head.split(b"\r\n")

    assert head.endswith(b"\r\n\r\n")
    assert whole.endswith(b"\r\n\r\n" + PAGE)
    assert _names(head) == _names(whole.removesuffix(PAGE))
    assert b"Content-Length: %d" % len(PAGE) in lines
    assert b"X-Content-Type-Options: nosniff" in lines
    assert b"default-src 'none'" in head


def _names(head: bytes) -> list[bytes]:
    return [line.partition(b":")[0] for line in head.split(b"\r\n")]


def test_own_policy() -> None:
    """A page's own policy takes the place of the strict one."""
    own = ("Content-Security-Policy", "default-src 'self'")

    async def scenario() -> bytes:
        page = Response(HTTPStatus.OK, PAGE, headers=(own,))
        async with serving(lambda _: page) as port:
            return await talk(port, GET_AND_CLOSE)

    answer = bounded(scenario())

    assert b"Content-Security-Policy: default-src 'self'\r\n" in answer
    assert answer.count(b"Content-Security-Policy") == 1


def test_methods_are_named() -> None:
    """A refused method comes with the list of those that are not."""

    async def scenario() -> bytes:
        async with serving() as port:
            return await talk(port, GET_AND_CLOSE.replace(b"GET", b"DELETE"))

    assert b"\r\nAllow: GET, HEAD\r\n" in bounded(scenario())


def test_kept_and_pipelined() -> None:
    """A connection serves request after request, also those sent all at once."""

    async def scenario() -> list[bytes]:
        async with serving() as port, connected(port, GET) as (reader, writer):
            bodies = [await read_response(reader)]
            writer.write(GET * 3)
            return bodies + [await read_response(reader) for _ in range(3)]

    assert bounded(scenario()) == [PAGE] * 4


def test_headers_that_disagree_end_the_connection() -> None:
    """What follows may be a request that somebody else took for a body."""
    sent = b"GET /page HTTP/1.1\r\nContent-Length: 5\r\n" + _CHUNKED + _HOST

    async def scenario() -> bytes:
        async with serving() as port:
            return await talk(port, sent + b"\r\n0\r\n\r\n" + GET)

    answer = bounded(scenario())
    assert answer.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close" in answer
