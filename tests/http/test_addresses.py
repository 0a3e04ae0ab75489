"""Listen addresses: what is bound for them."""

import errno
import socket
from typing import Any

import pytest

from agent.hostport import Listen, parse_listen
from agent.http.addresses import bind, name


@pytest.mark.parametrize(
    ("text", "clients"),
    [
        pytest.param(":0", ("127.0.0.1", "::1"), id="everywhere"),
        pytest.param("127.0.0.1:0", ("127.0.0.1",), id="ipv4"),
        pytest.param("[::1]:0", ("::1",), id="ipv6"),
    ],
)
def test_bound(text: str, clients: tuple[str, ...]) -> None:
    """Clients reach the address, by both protocols where no host is given."""
    (listener,) = bind(parse_listen(text))
    port = listener.getsockname()[1]

    with listener:
        for client in clients:
            socket.create_connection((client, port), timeout=5).close()
        assert parse_listen(name(listener)).port == port


def test_port_in_use() -> None:
    """A port that is taken is an error, whether or not a host is given."""
    with bind(parse_listen(":0"))[0] as listener:
        port = listener.getsockname()[1]

        for host in ("", "127.0.0.1"):
            with pytest.raises(OSError, match="in use"):
                bind(Listen(host, port))


def test_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a node without IPv6, everywhere means everywhere in IPv4."""
    create = socket.create_server

    def create_ipv4_only(*args: Any, **options: Any) -> socket.socket:  # noqa: ANN401  # those of the original
        if options.get("family") == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "no IPv6")
        return create(*args, **options)

    monkeypatch.setattr(socket, "create_server", create_ipv4_only)

    with bind(parse_listen(":0"))[0] as listener:
        assert listener.family == socket.AF_INET
