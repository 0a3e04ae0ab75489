"""HOST:PORT as people write it."""

import pytest

from agent.hostport import (
    Listen,
    Target,
    ascii_bytes,
    parse_listen,
    parse_target,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param(":10132", Listen("", 10132), id="everywhere"),
        pytest.param("127.0.0.1:0", Listen("127.0.0.1", 0), id="ipv4"),
        pytest.param("[::1]:9000", Listen("::1", 9000), id="ipv6"),
        pytest.param("localhost:65535", Listen("localhost", 65535), id="name"),
    ],
)
def test_listen_address_is_read(text: str, address: Listen) -> None:
    """Addresses are read as Prometheus exporters write them."""
    assert address == parse_listen(text)


@pytest.mark.parametrize(
    "text",
    ["", "9000", "::1:9000", "host:", "host:-1", "host:http", ":65536", ":٣", "[::1]"],
)
def test_no_listen_address(text: str) -> None:
    """What is no address is refused, and quoted."""
    with pytest.raises(ValueError, match=r"not HOST:PORT|no such port") as raised:
        parse_listen(text)

    assert repr(text) in str(raised.value)


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


def test_names_for_the_c_library() -> None:
    """Only a name that is not ASCII takes Python's tables of such."""
    assert ascii_bytes("node-1.example") == b"node-1.example"
    assert ascii_bytes("bücher.example") == "bücher.example"
