"""TLS over loopback with certificates made here: who is served, and what changes."""

import asyncio
import contextlib
import gc
import logging
import os
import socket
import ssl
import threading
from asyncio.sslproto import SSLProtocol
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import trustme

from agent.hostport import parse_listen
from agent.http import live_config as module
from agent.http.addresses import bind
from agent.http.connection import Limits
from agent.http.live_config import LiveConfig
from agent.http.message import Response
from agent.http.router import Router
from agent.http.server import Server
from tests.http.certificates import Desk, open_desk
from tests.http.loopback import (
    GET,
    GET_AND_CLOSE,
    PAGE,
    bounded,
    connected,
    read_response,
    talk,
)
from tests.threadless import no_threads

HEALTHY = GET_AND_CLOSE.replace(b"/page", b"/-/healthy")
HANDLERS = {
    "/page": lambda _: Response(HTTPStatus.OK, PAGE),
    "/-/healthy": lambda _: Response(HTTPStatus.OK, b"healthy\n"),
}
REQUIRED = "RequireAndVerifyClientCert"
IF_GIVEN = "VerifyClientCertIfGiven"
_BROKEN = "web configuration stays as it was"


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return certificates and a configuration, looked at for every handshake."""
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    return open_desk(tmp_path)


@asynccontextmanager
async def serving(desk: Desk, *, limits: Limits | None = None) -> AsyncIterator[int]:
    """Serve as the configuration says and yield the port."""
    tls = LiveConfig(str(desk.config))
    listeners = bind(parse_listen("127.0.0.1:0"))
    server = Server(Router(tls.guard(HANDLERS)), limits=limits, tls=tls.context)
    await server.start(listeners)
    try:
        yield listeners[0].getsockname()[1]
    finally:
        await server.stop()


async def ask(
    port: int, context: ssl.SSLContext, sent: bytes = GET_AND_CLOSE, name: str = ""
) -> bytes:
    """Return the answer to one request."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=name or "127.0.0.1"
    )
    try:
        writer.write(sent)
        return await reader.read()
    finally:
        writer.transport.abort()


def once(desk: Desk, context: ssl.SSLContext, sent: bytes = GET_AND_CLOSE) -> bytes:
    """Serve, ask once and return the answer."""

    async def scenario() -> bytes:
        async with serving(desk) as port:
            return await ask(port, context, sent)

    return bounded(scenario())


@pytest.mark.parametrize(
    ("keys", "client", "status"),
    [
        pytest.param({}, {}, 200, id="no client certificate is asked for"),
        pytest.param(
            {"client_auth_type": REQUIRED}, {"name": "prometheus"}, 200, id="verified"
        ),
        pytest.param({"client_auth_type": REQUIRED}, {}, 403, id="none shown"),
        pytest.param({"client_auth_type": IF_GIVEN}, {}, 200, id="none need be shown"),
        pytest.param(
            {
                "client_auth_type": REQUIRED,
                "client_allowed_sans": ["other", "prometheus"],
            },
            {"name": "prometheus"},
            200,
            id="allowed name",
        ),
        pytest.param(
            {"client_auth_type": REQUIRED, "client_allowed_sans": ["2001:db8::1"]},
            {"name": "2001:db8::1"},
            200,
            id="allowed address",
        ),
        pytest.param(
            {"client_auth_type": IF_GIVEN, "client_allowed_sans": ["prometheus"]},
            {"name": "stranger"},
            403,
            id="another name",
        ),
        pytest.param(
            {
                "client_auth_type": REQUIRED,
                "client_allowed_common_names": ["system:prometheus"],
            },
            {"name": "x", "common_name": "system:prometheus"},
            200,
            id="allowed common name",
        ),
        pytest.param(
            {
                "client_auth_type": REQUIRED,
                "client_allowed_common_names": ["system:prometheus"],
            },
            {"name": "system", "common_name": "system:stranger"},
            403,
            id="another common name",
        ),
    ],
)
def test_who_is_served(
    desk: Desk, keys: dict[str, Any], client: dict[str, Any], status: int
) -> None:
    """The certificate decides over the page, and nobody is kept from the health."""
    if keys:
        keys = {"client_ca_file": "ca.crt", **keys}
    desk.configure(**keys)

    answer = once(desk, desk.client(**client))
    health = once(desk, desk.client(**client), HEALTHY)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.endswith(PAGE) == (status == 200)
    assert health.startswith(b"HTTP/1.1 200 ")


def test_certificate_of_another_authority(desk: Desk) -> None:
    """It gets no connection at all, as it claims to be somebody."""
    desk.configure(client_ca_file="ca.crt", client_auth_type=IF_GIVEN)
    stranger = desk.client("prometheus", issuer=trustme.CA())

    try:
        answer = once(desk, stranger)  # TLS 1.3 refuses after the client is done
    except (ssl.SSLError, ConnectionError):
        answer = b""
    assert answer == b""


@pytest.mark.parametrize(
    ("keys", "spoken", "works"),
    [
        pytest.param({}, ssl.TLSVersion.TLSv1_2, True, id="1.2"),
        pytest.param({}, ssl.TLSVersion.TLSv1_3, True, id="1.3"),
        pytest.param({}, ssl.TLSVersion.TLSv1_1, False, id="1.1"),
        pytest.param(
            {"min_version": "TLS13"}, ssl.TLSVersion.TLSv1_2, False, id="below minimum"
        ),
        pytest.param(
            {"max_version": "TLS12"}, ssl.TLSVersion.TLSv1_3, False, id="above maximum"
        ),
        pytest.param(
            {"cipher_suites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]},
            ssl.TLSVersion.TLSv1_2,
            False,
            id="no suite for this key",
        ),
        pytest.param(
            {"cipher_suites": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]},
            ssl.TLSVersion.TLSv1_2,
            True,
            id="a suite for this key",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_versions_and_suites(
    desk: Desk, keys: dict[str, Any], spoken: ssl.TLSVersion, *, works: bool
) -> None:
    """Only what the configuration allows is spoken."""
    desk.configure(**keys)
    client = desk.client()
    client.set_ciphers("DEFAULT@SECLEVEL=0")  # else TLS 1.1 would not be tried
    client.minimum_version = client.maximum_version = spoken

    if works:
        assert once(desk, client).endswith(PAGE)
        return
    with pytest.raises((ssl.SSLError, ConnectionError)):
        once(desk, client)


def test_renewed_certificate(desk: Desk) -> None:
    """It is used for the next handshake, without a restart."""

    async def scenario() -> list[bytes]:
        async with serving(desk) as port:
            desk.serve_as("renewed")
            with pytest.raises(ssl.SSLCertVerificationError):
                await ask(port, desk.client())
            return [await ask(port, desk.client(), name="renewed")]

    assert bounded(scenario())[0].endswith(PAGE)


def test_secret_that_is_swapped_by_a_link(tmp_path: Path, desk: Desk) -> None:
    """The files themselves stay links, as in a Secret's volume."""
    old, new, data = tmp_path / "old", tmp_path / "new", tmp_path / "..data"
    for folder, name in ((old, "127.0.0.1"), (new, "renewed")):
        folder.mkdir()
        desk.serve_as(name)
        for file in ("tls.crt", "tls.key"):
            (tmp_path / file).rename(folder / file)
    data.symlink_to("old")
    for file in ("tls.crt", "tls.key"):
        (tmp_path / file).symlink_to(f"..data/{file}")

    async def scenario() -> list[bytes]:
        async with serving(desk) as port:
            before = await ask(port, desk.client())
            (tmp_path / "..tmp").symlink_to("new")
            (tmp_path / "..tmp").rename(data)
            return [before, await ask(port, desk.client(), name="renewed")]

    assert [answer.endswith(PAGE) for answer in bounded(scenario())] == [True, True]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        pytest.param("tls.crt", "no certificate", id="certificate"),
        pytest.param("tls.key", "", id="key"),
        pytest.param("ca.crt", "no authority", id="authority"),
        pytest.param("web.yml", "tls_server_config: {", id="configuration"),
        pytest.param("web.yml", None, id="no configuration"),
    ],
)
def test_what_breaks_later_changes_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture, file: str, content: str | None
) -> None:
    """What was read last goes on, and the log says once that something is wrong."""
    desk.configure(client_ca_file="ca.crt", client_auth_type=IF_GIVEN)
    path = desk.folder / file

    async def scenario() -> list[bytes]:
        async with serving(desk) as port:
            whole = path.read_bytes()
            path.unlink() if content is None else path.write_text(content)
            answers = [await ask(port, desk.client()) for _ in range(3)]
            path.write_bytes(whole)
            return [*answers, await ask(port, desk.client())]

    with caplog.at_level(logging.INFO, "agent.http.live_config"):
        answers = bounded(scenario())

    assert [answer.endswith(PAGE) for answer in answers] == [True] * 4
    said = [record.getMessage() for record in caplog.records]
    assert said == [_BROKEN, "web configuration read again"]


def withdrawn(desk: Desk, _: pytest.MonkeyPatch) -> None:
    """Trust another authority from now on."""
    trustme.CA().cert_pem.write_to_path(desk.folder / "ca.crt")


def ended(_: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a time when no certificate is valid any more, and a date can be written."""
    monkeypatch.setattr("time.time", lambda: 5e10)


def renewed(desk: Desk, _: pytest.MonkeyPatch) -> None:
    """Give the server another certificate."""
    desk.serve_as("renewed")


def nothing(_: Desk, __: pytest.MonkeyPatch) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("change", "name", "answered"),
    [
        pytest.param(nothing, "prometheus", True, id="still trusted"),
        pytest.param(withdrawn, "prometheus", False, id="its authority is withdrawn"),
        pytest.param(ended, "prometheus", False, id="its certificate has ended"),
        pytest.param(renewed, "", True, id="renewed, and none was shown"),
    ],
)
def test_connection_that_is_kept(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Desk, pytest.MonkeyPatch], None],
    name: str,
    *,
    answered: bool,
) -> None:
    """It lasts no longer than the trust that it began with."""
    desk.configure(client_ca_file="ca.crt", client_auth_type=IF_GIVEN)

    async def scenario() -> bytes:
        async with serving(desk) as port:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=desk.client(name), server_hostname="127.0.0.1"
            )
            writer.write(GET)
            assert await read_response(reader) == PAGE
            change(desk, monkeypatch)
            writer.write(GET_AND_CLOSE)
            rest = await reader.read()
            writer.transport.abort()
            return rest

    assert bounded(scenario()).endswith(PAGE) == answered


@contextmanager
def hanging(path: Path) -> Iterator[None]:
    """Make whoever reads *path* wait, meanwhile."""
    path.unlink()
    os.mkfifo(path)
    yield
    os.close(os.open(path, os.O_RDWR))  # whoever reads finds nothing, and goes


def test_files_that_hang_change_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits long for them, no other client at all, and one thread only."""
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    desk.configure(client_ca_file="ca.crt", client_auth_type=IF_GIVEN)

    async def scenario() -> list[bytes]:
        async with serving(desk) as port:
            with hanging(desk.folder / "ca.crt"):
                before = threading.active_count()
                answers = [await ask(port, desk.client()) for _ in range(3)]
                assert threading.active_count() == before + 1
            return answers

    assert [answer.endswith(PAGE) for answer in bounded(scenario())] == [True] * 3


def test_files_that_hang_at_the_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error, so that whoever starts us is told."""
    monkeypatch.setattr(module, "_FIRST_PATIENCE", 0.01)
    with hanging(desk.config), pytest.raises(TimeoutError, match="too long"):
        LiveConfig(str(desk.config))


def test_asked_to_look_at_files_that_hang(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks is told so, and that it is over; all who ask share one thread."""
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    desk.configure(client_ca_file="ca.crt", client_auth_type=IF_GIVEN)
    live = LiveConfig(str(desk.config))

    async def scenario() -> list[str]:
        with hanging(desk.folder / "ca.crt"):
            before = threading.active_count()
            told = await asyncio.gather(*(live.reload() for _ in range(50)))
            assert threading.active_count() == before + 1
        desk.authority.cert_pem.write_to_path(desk.folder / "new")
        (desk.folder / "new").rename(desk.folder / "ca.crt")
        monkeypatch.setattr(module, "_PATIENCE", 30)
        return [*set(told), await live.reload()]

    assert bounded(scenario()) == ["reading the files takes too long", ""]


def test_reloads_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storm of them is two looks, and each is answered by one made after it came."""
    live = LiveConfig(str(desk.config))
    looks: list[str] = []
    stat = os.stat

    def counted(path: str) -> os.stat_result:
        if path == str(desk.config):
            looks.append(path)
        return stat(path)

    async def scenario() -> list[str]:
        first = asyncio.ensure_future(live.reload())
        await asyncio.sleep(0)
        desk.config.write_text("no longer")
        return await asyncio.gather(first, *(live.reload() for _ in range(500)))

    monkeypatch.setattr("os.stat", counted)
    _, *told = bounded(scenario())

    monkeypatch.undo()
    assert len(looks) == 2 + 1  # for two looks and a reading
    assert set(told) == {"the file: is no mapping of keys"}


def test_trouble_lasts_until_it_ends(desk: Desk) -> None:
    """Looking once more at what cannot be used makes it no better."""
    live = LiveConfig(str(desk.config))
    before = live.load_time

    async def scenario() -> list[str]:
        whole = desk.config.read_bytes()
        desk.config.write_text("tls_server_config: {")
        broken = [await live.reload(), await live.reload()]
        with no_threads():
            broken.append(await live.reload())
        assert live.load_time == before
        desk.config.write_bytes(whole)
        return [*broken, await live.reload()]

    *broken, last = bounded(scenario())

    assert all(broken)
    assert last == ""
    assert live.load_time > before


def test_no_thread_to_look_in(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """What was read before goes on, and the next look is made."""

    async def scenario() -> list[bytes]:
        async with serving(desk) as port:
            with no_threads():
                before = await ask(port, desk.client())
            desk.serve_as("renewed")
            return [before, await ask(port, desk.client(), name="renewed")]

    assert [answer.endswith(PAGE) for answer in bounded(scenario())] == [True, True]
    assert "web configuration is not looked at" in caplog.messages


def _come_and_go(port: int, client: ssl.SSLContext) -> None:
    """Connect in several ways, and leave."""
    for number in range(30):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=10) as sock,
        ):
            if number % 3 == 0:
                client.wrap_socket(sock, server_hostname="127.0.0.1").close()
            elif number % 3 == 1:
                sock.sendall(b"no greeting")
                sock.recv(100)


def test_memory_of_handshakes_is_given_back(desk: Desk) -> None:
    """Each takes a quarter of a megabyte: none is left for the collector to find."""

    async def scenario() -> int:
        async with serving(desk) as port:
            await asyncio.to_thread(_come_and_go, port, desk.client())
        await asyncio.sleep(0.1)  # what was aborted is closed in the next turns
        return sum(isinstance(each, SSLProtocol) for each in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        assert bounded(scenario()) == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_are_not_resumed(desk: Desk, version: ssl.TLSVersion) -> None:
    """Each connection shows its certificate anew."""
    client = desk.client()
    client.minimum_version = client.maximum_version = version

    async def scenario() -> bool:
        async with serving(desk) as port:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=client, server_hostname="127.0.0.1"
            )
            writer.write(GET)
            await read_response(reader)
            session = writer.get_extra_info("ssl_object").session
            writer.transport.abort()
            return session is not None and session.has_ticket

    assert not bounded(scenario())


def test_nothing_is_renegotiated(desk: Desk) -> None:
    """Python cannot try it: the option is what OpenSSL goes by."""
    context = bounded(LiveConfig(str(desk.config)).context())
    assert context.options & ssl.OP_NO_RENEGOTIATION


def test_files_are_not_looked_at_for_every_client(tmp_path: Path) -> None:
    """Within a second a crowd of handshakes costs no further look, unless asked for."""
    desk = open_desk(tmp_path)
    tls = LiveConfig(str(desk.config))

    async def scenario() -> list[bool]:
        before = await tls.context()
        desk.serve_as("renewed")
        again = await tls.context() is before
        assert await tls.reload() == ""
        return [again, await tls.context() is before]

    assert bounded(scenario()) == [True, False]


def test_crowd_without_a_handshake(desk: Desk) -> None:
    """200 clients that say nothing keep no scrape out, and are held within bounds."""

    async def scenario() -> tuple[bytes, int]:
        async with AsyncExitStack() as crowd:
            port = await crowd.enter_async_context(serving(desk))
            clients = [
                await crowd.enter_async_context(connected(port)) for _ in range(200)
            ]
            answer = await ask(port, desk.client())
            return answer, sum(not reader.at_eof() for reader, _ in clients)

    answer, held = bounded(scenario())

    assert answer.endswith(PAGE)
    assert held <= 64


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01", id="half a greeting"),
        pytest.param(GET_AND_CLOSE, id="HTTP without TLS"),
        pytest.param(os.urandom(64), id="noise"),
    ],
)
def test_no_handshake(desk: Desk, sent: bytes) -> None:
    """Whoever does not begin with TLS gets nothing of HTTP, and the end soon."""

    async def scenario() -> bytes:
        async with serving(desk, limits=Limits(handshake=0.3)) as port:
            try:
                return await talk(port, sent)
            except ConnectionError:
                return b""

    assert b"HTTP" not in bounded(scenario())
