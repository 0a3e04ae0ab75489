"""Names and their addresses."""

import asyncio
import socket
import threading

import pytest

from agent.echo.resolve import Address, resolve


def test_addresses_are_distinct(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the resolver's order, each once, without asking for a protocol."""
    found = [
        (10, 2, 17, "", ("::1", 0, 0, 0)),
        (10, 2, 17, "", ("fe80::1", 0, 0, 2)),
        (2, 2, 17, "", ("192.0.2.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found * 2)
    addresses = asyncio.run(resolve("a", family=socket.AF_UNSPEC, deadline=9))

    assert addresses == (
        Address(socket.AF_INET6, "::1"),
        Address(socket.AF_INET6, "fe80::1%2"),
        Address(socket.AF_INET, "192.0.2.1"),
    )


@pytest.mark.parametrize("letter", ["a", "\u00e4"], ids=["ASCII", "international"])
def test_impossible_name_has_no_address(letter: str) -> None:
    """An error of Python's encoder is one of the resolver, as is the C library's."""
    with pytest.raises(socket.gaierror):
        asyncio.run(resolve(letter * 99, family=socket.AF_UNSPEC, deadline=9))


def test_resolver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline holds, and the thread holds up nothing."""
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: done.wait())
    with pytest.raises(TimeoutError):
        asyncio.run(resolve("a", family=socket.AF_UNSPEC, deadline=0.01))
    done.set()
