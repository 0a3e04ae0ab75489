"""What a browser asks for in the name of somebody else's page."""

import pytest

from agent.http.elsewhere import comes_from_elsewhere
from agent.http.message import Request
from tests.http.loopback import bounded, serving, talk

_CROSS = {"sec-fetch-site": "cross-site"}


@pytest.mark.parametrize(
    ("headers", "reached", "refused"),
    [
        pytest.param({}, "192.0.2.1", False, id="a scraper"),
        pytest.param({"host": "192.0.2.1:10132"}, "192.0.2.1", False, id="by address"),
        pytest.param({"host": "n.example"}, "192.0.2.1", False, id="by a name"),
        pytest.param(_CROSS, "192.0.2.1", True, id="a script of another site"),
        pytest.param(
            {"sec-fetch-site": "same-site"}, "192.0.2.1", True, id="of a neighbour"
        ),
        pytest.param(
            _CROSS | {"sec-fetch-mode": "navigate"},
            "192.0.2.1",
            False,
            id="somebody follows a link",
        ),
        pytest.param(
            {"sec-fetch-site": "same-origin", "host": "n:1"},
            "192.0.2.1",
            False,
            id="the page itself",
        ),
        pytest.param(
            {"origin": "http://evil.example", "host": "n:1"},
            "192.0.2.1",
            True,
            id="another origin",
        ),
        pytest.param(
            {"origin": "null", "host": "n:1"}, "192.0.2.1", True, id="no origin at all"
        ),
        pytest.param(
            {"origin": "http://n:1", "host": "n:1"}, "192.0.2.1", False, id="our origin"
        ),
        pytest.param(
            {"host": "evil.example:10132"}, "127.0.0.1", True, id="a rebound name"
        ),
        pytest.param(
            {"host": "Evil.Example"}, "::1", True, id="a rebound name over IPv6"
        ),
        pytest.param(
            {"host": "evil.example"}, "::ffff:127.0.0.1", True, id="on both protocols"
        ),
        pytest.param({"host": "localhost:8080"}, "127.0.0.1", False, id="localhost"),
        pytest.param({"host": "127.0.0.1:8080"}, "127.0.0.1", False, id="loopback"),
        pytest.param({"host": "[::1]:8080"}, "::1", False, id="loopback of IPv6"),
        pytest.param({"host": "worker-0"}, "127.0.0.1", False, id="a host's own name"),
        pytest.param({"host": "a.b.svc:1"}, "127.0.0.1", False, id="a Service's name"),
        pytest.param({}, "", False, id="an address that is none"),
    ],
)
def test_marks(
    headers: dict[str, str],
    reached: str,
    refused: bool,  # noqa: FBT001  # a column
) -> None:
    """Browsers set them, and nobody else does."""
    request = Request("GET", "/report", headers, reached=reached)
    assert comes_from_elsewhere(request) == refused


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param(b"evil.example", b"403", id="a rebound name"),
        pytest.param(b"localhost", b"200", id="a port-forward"),
    ],
)
def test_served(host: bytes, status: bytes) -> None:
    """Through a port-forward, nobody's page gets at anything."""
    sent = b"GET /page HTTP/1.1\r\nConnection: close\r\nHost: " + host + b"\r\n\r\n"

    async def scenario() -> bytes:
        async with serving() as port:
            return await talk(port, sent)

    assert bounded(scenario()).startswith(b"HTTP/1.1 " + status)
