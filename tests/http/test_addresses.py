"""Listen addresses: what is bound for them."""

import errno
import os
import socket
from contextlib import ExitStack
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
            socket.create_connection((client, port), timeout=60).close()
        assert parse_listen(name(listener)).port == port


def test_port_in_use() -> None:
    """A port that is taken is an error, whether or not a host is given."""
    with bind(parse_listen(":0"))[0] as listener:
        port = listener.getsockname()[1]

        for host in ("", "127.0.0.1"):
            with pytest.raises(OSError, match="in use"):
                bind(Listen(host, port))


@pytest.mark.parametrize(
    ("refused", "listening"),
    [
        pytest.param("socket", ["127.0.0.1"], id="no IPv6 in the kernel"),
        pytest.param("bind", ["127.0.0.1"], id="no IPv6 on the interface"),
        pytest.param("", ["127.0.0.1", "::1"], id="both"),
    ],
)
def test_name_with_addresses_that_are_not_to_be_had(
    monkeypatch: pytest.MonkeyPatch, refused: str, listening: list[str]
) -> None:
    """The others are served, each once, however often the name has it."""
    v4 = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))
    v6 = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [v4, v6, v4])
    monkeypatch.setattr(socket, "socket", _refusing(refused))

    with ExitStack() as listeners:
        bound = [listeners.enter_context(each) for each in bind(Listen("node", 0))]
        assert [each.getsockname()[0] for each in bound] == listening


def test_everywhere_without_an_address_of_ipv6(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then it is everywhere in IPv4."""
    monkeypatch.setattr(socket, "socket", _refusing("socket"))
    with bind(parse_listen(":0"))[0] as listener:
        assert listener.family == socket.AF_INET


@pytest.mark.parametrize("refused", ["socket", "bind"])
def test_nothing_to_be_had(monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    """Whoever asks for an address of IPv6 where there is none is told."""
    monkeypatch.setattr(socket, "socket", _refusing(refused))
    with pytest.raises(OSError, match=r"\(::1:0\)|not supported"):
        bind(parse_listen("[::1]:0"))


def _refusing(refused: str) -> type[socket.socket]:
    """Return sockets of which IPv6 is *refused*, by the kernel's own words."""

    class Refusing(socket.socket):
        def __init__(self, family: int = -1, *args: Any, **options: Any) -> None:  # noqa: ANN401  # those of the original
            if refused == "socket" and family == socket.AF_INET6:
                raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
            super().__init__(family, *args, **options)

        def bind(self, address: Any, /) -> None:  # noqa: ANN401  # as above
            if refused == "bind" and self.family == socket.AF_INET6:
                code = errno.EADDRNOTAVAIL
                raise OSError(code, os.strerror(code))
            super().bind(address)

    return Refusing
