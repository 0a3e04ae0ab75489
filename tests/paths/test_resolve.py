"""Targets as people write them, and their addresses."""

import asyncio
import socket
import threading

import pytest

from agent.paths.resolve import Address, Target, parse_target, resolve


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("agents", Target("agents", 10132)),
        ("agents.sctp.svc:30132", Target("agents.sctp.svc", 30132)),
        ("192.0.2.1", Target("192.0.2.1", 10132)),
        ("192.0.2.1:1", Target("192.0.2.1", 1)),
        ("2001:db8::1", Target("2001:db8::1", 10132)),
        ("[2001:db8::1]", Target("2001:db8::1", 10132)),
        ("[2001:db8::1]:65535", Target("2001:db8::1", 65535)),
        ("fe80::1%eth0", Target("fe80::1%eth0", 10132)),
    ],
)
def test_target_is_read(text: str, target: Target) -> None:
    """A name or an address, with a port or the default one."""
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        *("", ":1", "a:", "a:0", "a:65536", "a:x", "a:²", "a:000001", "a:-1"),
        *("a:b:1", "[192.0.2.1]:1", "[a]", "[::1", "http://a", "a b", "a\n", "[]"),
    ],
)
def test_no_target(text: str) -> None:
    """What is neither is refused with its text."""
    with pytest.raises(ValueError, match=r"HOST|port"):
        parse_target(text)


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


def test_impossible_name_has_no_address() -> None:
    """An error of Python's encoder is one of the resolver."""
    with pytest.raises(socket.gaierror):
        asyncio.run(resolve("a" * 99, family=socket.AF_UNSPEC, deadline=9))


def test_resolver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline holds, and the thread holds up nothing."""
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: done.wait())
    with pytest.raises(TimeoutError):
        asyncio.run(resolve("a", family=socket.AF_UNSPEC, deadline=0.01))
    done.set()
