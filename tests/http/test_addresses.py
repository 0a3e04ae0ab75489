"""Listen addresses: their spelling and what is bound for them."""

import errno
import socket
from typing import Any

import pytest

from agent.http.addresses import Address, bind, name, parse


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param(":10132", Address("", 10132), id="everywhere"),
        pytest.param("127.0.0.1:0", Address("127.0.0.1", 0), id="ipv4"),
        pytest.param("[::1]:9000", Address("::1", 9000), id="ipv6"),
        pytest.param("localhost:65535", Address("localhost", 65535), id="name"),
    ],
)
def test_parse(text: str, address: Address) -> None:
    """Addresses are read as Prometheus exporters write them."""
    assert address == parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "9000", "::1:9000", "host:", "host:-1", "host:http", ":65536", ":٣", "[::1]"],
)
def test_refused(text: str) -> None:
    """What is no address is refused, and quoted."""
    with pytest.raises(ValueError, match=r"not HOST:PORT|no such port") as raised:
        parse(text)

    assert repr(text) in str(raised.value)


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
    (listener,) = bind(parse(text))
    port = listener.getsockname()[1]

    with listener:
        for client in clients:
            socket.create_connection((client, port), timeout=5).close()
        assert parse(name(listener)).port == port


def test_port_in_use() -> None:
    """A port that is taken is an error, whether or not a host is given."""
    with bind(parse(":0"))[0] as listener:
        port = listener.getsockname()[1]

        for host in ("", "127.0.0.1"):
            with pytest.raises(OSError, match="in use"):
                bind(Address(host, port))


def test_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a node without IPv6, everywhere means everywhere in IPv4."""
    create = socket.create_server

    def create_ipv4_only(*args: Any, **options: Any) -> socket.socket:  # noqa: ANN401  # those of the original
        if options.get("family") == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "no IPv6")
        return create(*args, **options)

    monkeypatch.setattr(socket, "create_server", create_ipv4_only)

    with bind(parse(":0"))[0] as listener:
        assert listener.family == socket.AF_INET
