"""Paths, methods and handlers that fail."""

import logging
from http import HTTPStatus

import pytest

from agent.http.message import Request, Response, path_of
from agent.http.router import Router


def _fails(_: Request) -> Response:
    raise RuntimeError("the secret of the house")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/there", HTTPStatus.OK, id="there"),
        pytest.param("HEAD", "/there", HTTPStatus.OK, id="head"),
        pytest.param("GET", "/there/", HTTPStatus.NOT_FOUND, id="trailing-slash"),
        pytest.param("GET", "*", HTTPStatus.NOT_FOUND, id="asterisk"),
        pytest.param("get", "/there", HTTPStatus.METHOD_NOT_ALLOWED, id="lower-case"),
        pytest.param("PUT", "/nowhere", HTTPStatus.NOT_FOUND, id="put-nowhere"),
    ],
)
def test_routes(method: str, path: str, status: HTTPStatus) -> None:
    """Only what is there is found, and it can only be read."""
    router = Router({"/there": lambda _: Response(HTTPStatus.OK, b"")})

    assert router(Request(method, path)).status is status


def test_failing_handler(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is logged in full and told to nobody else."""
    response = Router({"/": _fails})(Request("GET", "/"))

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
