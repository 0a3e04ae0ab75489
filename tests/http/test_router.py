"""Paths, methods and handlers that fail."""

import logging
from http import HTTPStatus

import pytest

from agent.http.message import Request, Response, path_of
from agent.http.router import Handler, Router
from tests.http.loopback import bounded

_DONE = Response(HTTPStatus.OK, b"done")


def _now(_: Request) -> Response:
    return _DONE


async def _later(_: Request) -> Response:
    return _DONE


def _fails(_: Request) -> Response:
    raise RuntimeError("the secret of the house")


async def _fails_later(request: Request) -> Response:
    return _fails(request)


def _answer(router: Router, method: str, path: str, **headers: str) -> Response:
    async def wait() -> Response:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = router(Request(method, path, named))
        return answer if isinstance(answer, Response) else await answer

    return bounded(wait())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/there", HTTPStatus.OK, id="there"),
        pytest.param("HEAD", "/there", HTTPStatus.OK, id="head"),
        pytest.param("GET", "/there/", HTTPStatus.NOT_FOUND, id="trailing-slash"),
        pytest.param("GET", "*", HTTPStatus.NOT_FOUND, id="asterisk"),
        pytest.param("get", "/there", HTTPStatus.METHOD_NOT_ALLOWED, id="lower-case"),
        pytest.param("PUT", "/nowhere", HTTPStatus.NOT_FOUND, id="put-nowhere"),
        pytest.param("POST", "/there", HTTPStatus.METHOD_NOT_ALLOWED, id="post"),
        pytest.param("POST", "/act", HTTPStatus.OK, id="post-an-action"),
        pytest.param("PUT", "/act", HTTPStatus.OK, id="put-an-action"),
        pytest.param("GET", "/act", HTTPStatus.METHOD_NOT_ALLOWED, id="get-an-action"),
    ],
)
def test_routes(method: str, path: str, status: HTTPStatus) -> None:
    """Only what is there is found; pages can only be read, actions only be done."""
    router = Router({"/there": _now}, {"/act": _later})
    response = _answer(router, method, path)

    assert response.status is status
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = "POST, PUT" if path == "/act" else "GET, HEAD"
        assert dict(response.headers)["Allow"] == allowed


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, HTTPStatus.OK, id="a program"),
        pytest.param(
            {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
            HTTPStatus.FORBIDDEN,
            id="a form of another site",
        ),
        pytest.param(
            {"origin": "https://evil.example", "host": "node:10132"},
            HTTPStatus.FORBIDDEN,
            id="a form, where the browser says no more",
        ),
    ],
)
def test_nobody_acts_through_a_browser(
    headers: dict[str, str], status: HTTPStatus
) -> None:
    """A form needs no script, and counts as following a link."""
    router = Router({}, {"/act": _now})
    assert _answer(router, "POST", "/act", **headers).status is status


@pytest.mark.parametrize("handler", [_fails, _fails_later], ids=["at once", "later"])
def test_failing_handler(handler: Handler, caplog: pytest.LogCaptureFixture) -> None:
    """A failure is logged in full and told to nobody else."""
    response = _answer(Router({"/": handler}), "GET", "/")

    assert response.status is HTTPStatus.INTERNAL_SERVER_ERROR
    assert b"secret" not in response.body
    assert "secret" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        pytest.param("/a?b=/c", "/a", id="query"),
        pytest.param("//a", "//a", id="two-slashes"),
        pytest.param("HTTP://[::1", "/", id="broken-host"),
        pytest.param("http://h/a?b", "/a", id="absolute"),
        pytest.param("http://h?/a", "/", id="absolute-without-path"),
        pytest.param("node:443", "node:443", id="connect"),
    ],
)
def test_path(target: str, path: str) -> None:
    """A target's path is what stands between the host and the query."""
    assert path == path_of(target)
