"""Where peers come from: names, files, nowhere."""

import ipaddress
import threading
from pathlib import Path

import pytest

from agent.paths.peers import addresses_of, finder, parse
from tests.http.loopback import bounded


async def _found(source: str) -> dict[str, str]:
    return dict(await finder(source)())


@pytest.mark.parametrize(
    ("source", "peers"),
    [
        pytest.param("192.0.2.1", {"192.0.2.1": ""}, id="an address"),
        pytest.param("2001:DB8::1", {"2001:db8::1": ""}, id="an IPv6 address"),
        pytest.param("127.0.0.1", {}, id="nobody's address"),
        pytest.param("", {}, id="nowhere"),
    ],
)
def test_found(source: str, peers: dict[str, str]) -> None:
    """Addresses that others can dial, in their usual form."""
    assert bounded(_found(source)) == peers


def test_many_peers_do_not_hold_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are read, looked up and sorted out beside it."""
    path, busy = tmp_path / "peers", []
    path.write_text("192.0.2.1\n")
    original = ipaddress.ip_address

    def note(text: str) -> object:
        busy.append(threading.current_thread() is threading.main_thread())
        return original(text)

    monkeypatch.setattr(ipaddress, "ip_address", note)
    for source in (f"file:{path}", "192.0.2.1"):
        assert bounded(_found(source)) == {"192.0.2.1": ""}
    assert busy
    assert not any(busy)


def test_service_that_would_be_this_host() -> None:
    """Whatever answers there says nothing of the Service."""
    assert bounded(addresses_of("192.0.2.1")) == ("192.0.2.1",)
    for host in ("127.0.0.1", "::1"):
        with pytest.raises(OSError, match="can be dialled"):
            bounded(addresses_of(host))


def test_no_such_name() -> None:
    """A name without addresses is an error, not an empty answer."""
    with pytest.raises(OSError, match=r"."):
        bounded(_found("no-such-host.invalid"))


def test_file(tmp_path: Path) -> None:
    """A file is read anew, and one that is too long is refused as a whole."""
    path = tmp_path / "peers"
    path.write_text("# agents\n\n192.0.2.1 worker-0\n::ffff:192.0.2.2\n")
    assert bounded(_found(f"file:{path}")) == {
        "192.0.2.1": "worker-0",
        "192.0.2.2": "",
    }
    path.write_bytes(b"#" * ((8 << 20) + 1))

    with pytest.raises(ValueError, match="longer than 8 MiB"):
        bounded(_found(f"file:{path}"))
    with pytest.raises(FileNotFoundError):
        bounded(_found(f"file:{path}-gone"))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("worker-0", id="no address"),
        pytest.param("127.0.0.1 worker-0", id="nobody's address"),
        pytest.param("192.0.2.1 Worker_0", id="no name of a node"),
        pytest.param("192.0.2.1 a b", id="too much"),
        pytest.param("192.0.2.1 \udcff", id="not text"),
    ],
)
def test_wrong_line(line: str) -> None:
    """Half a file is no answer: whoever wrote it is told where it is wrong."""
    with pytest.raises(ValueError, match="line 2: neither"):
        parse(f"192.0.2.9\n{line}\n192.0.2.10")
