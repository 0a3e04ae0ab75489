"""One request to a server of any temper, over plain TCP and over TLS."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from agent.fleet.answer import NoAnswerError
from agent.fleet.client import get
from agent.fleet.prometheus import Server, server
from tests.fleet.stub import ok, serving
from tests.ports import free_port

_NAMES: dict[str, str] = dict.fromkeys(
    ("token_file", "ca_file", "cert_file", "key_file"), ""
)


def _get(where: Server, deadline: float = 10, most: int = 1024) -> tuple[int, bytes]:
    status, _, body = asyncio.run(
        get(where, "/x?query=up", deadline=deadline, most_bytes=most)
    )
    return status, body


def test_request() -> None:
    """One request in the server's words, without a token if there is none."""
    with serving(lambda _: ok([])) as stub:
        assert _get(Server("127.0.0.1", stub.port)) == (200, b"[]")

    (request,) = stub.requests
    assert request.startswith("GET /x?query=up HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{stub.port}\r\n" in request.lower()
    assert "authorization" not in request.lower()


def test_early_hints() -> None:
    """What comes before the answer is no answer."""
    with serving(lambda _: b"HTTP/1.1 103 Early Hints\r\n\r\n" + ok([])) as stub:
        assert _get(Server("127.0.0.1", stub.port)) == (200, b"[]")


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        pytest.param(None, "within 0.2 s", id="silence"),
        pytest.param(b"", "does not speak HTTP", id="goes away"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP", id="another"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
            "not speak",
            id="breaks off",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, "not speak HTTP", id="long head"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"a" * 2_000_000,
            "more than 1 MiB",
            id="long body",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n"
            + b"a" * 0x100000
            + b"\r\n1\r\na\r\n",
            "more than 1 MiB",
            id="long body in chunks",
        ),
    ],
)
def test_server_that_misbehaves(reply: bytes | None, complaint: str) -> None:
    """It is said what is wrong, in bounded time and memory."""
    with (
        serving(lambda _: reply) as stub,
        pytest.raises(NoAnswerError, match=complaint),
    ):
        _get(
            Server("127.0.0.1", stub.port),
            deadline=0.2 if reply is None else 30,
            most=1 << 20,
        )


def test_nobody_there() -> None:
    """A port without a listener is said to be one."""
    with pytest.raises(NoAnswerError, match="is not reached: Connection refused"):
        _get(Server("127.0.0.1", free_port()))


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without an address, as the resolver puts it."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    with pytest.raises(NoAnswerError, match="not reached: Name or service not known"):
        _get(Server("nonsense.invalid", 80))


def test_host_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that finds nothing and does not call it an error."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [])
    with pytest.raises(NoAnswerError, match=r"nonsense.invalid has no address"):
        _get(Server("nonsense.invalid", 80))


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """Issue certificates of an authority whose own is in ca.crt."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.crt")
    (tmp_path / "token").write_text("se-cr.et\n")
    return authority


def _tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_token_over_tls(authority: trustme.CA, tmp_path: Path) -> None:
    """The token reaches the server that its authority vouches for."""
    with serving(lambda _: ok([]), _tls(authority, "127.0.0.1")) as stub:
        files = {"token_file": tmp_path / "token", "ca_file": tmp_path / "ca.crt"}
        names = _NAMES | {key: str(path) for key, path in files.items()}
        where = server(f"https://127.0.0.1:{stub.port}/prefix/", **names)
        assert _get(where) == (200, b"[]")

    assert where.url == f"https://127.0.0.1:{stub.port}/prefix"
    assert "authorization: bearer se-cr.et\r\n" in stub.requests[0].lower()
    assert "se-cr.et" not in repr(where)


@pytest.mark.parametrize(
    ("ca_file", "name"),
    [
        pytest.param("", "127.0.0.1", id="unknown authority"),
        pytest.param("ca.crt", "127.0.0.2", id="another's certificate"),
    ],
)
def test_no_token_for_a_stranger(
    authority: trustme.CA, tmp_path: Path, ca_file: str, name: str
) -> None:
    """Nothing is sent to a server that is not proven to be the one."""
    names = _NAMES | {"token_file": str(tmp_path / "token")}
    if ca_file:
        names["ca_file"] = str(tmp_path / ca_file)
    with serving(lambda _: ok([]), _tls(authority, name)) as stub:
        where = server(f"https://127.0.0.1:{stub.port}", **names)
        with pytest.raises(NoAnswerError, match="certificate is not accepted"):
            _get(where)

    assert stub.requests == []


def test_client_certificate(authority: trustme.CA, tmp_path: Path) -> None:
    """A server that wants one gets it."""
    own = authority.issue_cert("me")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    context = _tls(authority, "127.0.0.1")
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    names = _NAMES | {"ca_file": str(tmp_path / "ca.crt")}
    with serving(lambda _: ok([]), context) as stub:
        url = f"https://127.0.0.1:{stub.port}"
        with pytest.raises(NoAnswerError, match=r"is not reached|not speak HTTP"):
            _get(server(url, **names))
        own_file = str(tmp_path / "own.pem")
        assert _get(server(url, **names | {"cert_file": own_file})) == (200, b"[]")


def test_plain_server_on_a_tls_port(tmp_path: Path, authority: trustme.CA) -> None:
    """TLS with a server that does not speak it fails with OpenSSL's phrase."""
    authority.cert_pem.write_to_path(tmp_path / "ca.crt")
    with serving(lambda _: ok([])) as stub:
        where = server(f"https://127.0.0.1:{stub.port}", **_NAMES)
        with pytest.raises(NoAnswerError, match="is not reached: "):
            _get(where)
