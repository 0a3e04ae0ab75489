"""Where Prometheus is said to be: what is taken and what is refused."""

from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from agent.fleet.prometheus import server

_FILES = ("token_file", "ca_file", "cert_file", "key_file")
_LOCAL = "http://127.0.0.1:9090"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with files to name."""
    own = trustme.CA().issue_cert("me")
    own.cert_chain_pems[0].write_to_path(tmp_path / "cert")
    own.private_key_pem.write_to_path(tmp_path / "key")
    for name, text in (
        ("token", "abc\n"),
        ("empty", "\n"),
        ("long", "a" * 20_000),
        ("two", "a b"),
        ("umlaut", "\u00e4"),
    ):
        (tmp_path / name).write_text(text)
    secret = serialization.load_pem_private_key(own.private_key_pem.bytes(), None)
    locked = secret.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    (tmp_path / "locked").write_bytes(locked)
    return tmp_path


@pytest.mark.parametrize(
    ("url", "shown", "authority"),
    [
        pytest.param(_LOCAL, _LOCAL, "127.0.0.1:9090", id="port-forward"),
        pytest.param(
            "https://thanos.example/api/prom/",
            "https://thanos.example/api/prom",
            "thanos.example",
            id="path",
        ),
        pytest.param("http://[::1]:9090", "http://[::1]:9090", "[::1]:9090", id="IPv6"),
        pytest.param("http://LOCALHOST", "http://localhost", "localhost", id="name"),
    ],
)
def test_taken(url: str, shown: str, authority: str) -> None:
    """Schemes, ports and paths as people write them."""
    found = server(url, **dict.fromkeys(_FILES, ""))

    assert (found.url, found.authority) == (shown, authority)
    assert (found.tls is not None) == url.startswith("https")


def test_token(folder: Path) -> None:
    """The file's only line is the token, and this machine may get it in plain text."""
    names = dict.fromkeys(_FILES, "") | {"token_file": str(folder / "token")}
    for host in ("127.0.0.1", "[::1]", "localhost"):
        assert server(f"http://{host}", **names).token == "abc"


@pytest.mark.parametrize(
    ("url", "files", "complaint"),
    [
        pytest.param("prometheus:9090", {}, "is no http", id="no scheme"),
        pytest.param("ftp://x", {}, "is no http", id="another scheme"),
        pytest.param("http://", {}, "is no http", id="no host"),
        pytest.param("http://x:0", {}, "is no http", id="port 0"),
        pytest.param("http://x:99999", {}, "out of range", id="no such port"),
        pytest.param("http://x y", {}, "is no URL", id="space"),
        pytest.param("http://x\n", {}, "is no URL", id="line end"),
        pytest.param("http://\u00e4", {}, "is no URL", id="not ASCII"),
        pytest.param("http://me:pw@x", {}, "--token-file", id="password"),
        pytest.param("http://x/?query=up", {}, "without", id="query"),
        pytest.param(
            "http://prometheus.example",
            {"token_file": "token"},
            "no token is sent",
            id="token in plain text",
        ),
        pytest.param(_LOCAL, {"ca_file": "cert"}, "for https", id="TLS without TLS"),
        pytest.param("https://x", {"key_file": "key"}, "without a cert", id="key only"),
        pytest.param("https://x", {"token_file": "empty"}, "is empty", id="no token"),
        pytest.param("https://x", {"token_file": "long"}, "longer", id="long token"),
        pytest.param("https://x", {"token_file": "two"}, "more than a", id="two words"),
        pytest.param("https://x", {"token_file": "umlaut"}, "more", id="no ASCII"),
        pytest.param("https://x", {"ca_file": "token"}, "no certificates", id="no PEM"),
        pytest.param("https://x", {"cert_file": "token"}, "token: ", id="no cert"),
        pytest.param(
            "https://x",
            {"cert_file": "cert", "key_file": "locked"},
            "is encrypted",
            id="locked key",
        ),
        pytest.param("https://x", {"ca_file": "none"}, "No such file", id="no file"),
    ],
)
def test_refused(folder: Path, url: str, files: dict[str, str], complaint: str) -> None:
    """What cannot be meant is refused before anything is sent."""
    names = {key: str(folder / name) for key, name in files.items()}

    with pytest.raises((ValueError, OSError), match=complaint):
        server(url, **dict.fromkeys(_FILES, "") | names)
