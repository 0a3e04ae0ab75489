"""Users and passwords: who gets in, what it costs, and what guessing does to others."""

import asyncio
import base64
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import bcrypt
import pytest
import yaml

from agent.hostport import parse_listen
from agent.http import live_config
from agent.http.addresses import bind
from agent.http.live_config import LiveConfig
from agent.http.message import Response
from agent.http.router import Router
from agent.http.server import Server
from tests.http.certificates import open_desk
from tests.http.loopback import PAGE, bounded, connected, read_response
from tests.threadless import no_threads

_WORDS = {"prometheus": "pass:wört", "other": "x" * 100}
_HANDLERS = {
    "/page": lambda _: Response(HTTPStatus.OK, PAGE),
    "/-/healthy": lambda _: Response(HTTPStatus.OK, b"healthy\n"),
}


def _hashed(word: str) -> str:
    return bcrypt.hashpw(word.encode()[:72], bcrypt.gensalt(4)).decode()


def _write(path: Path, words: dict[str, str], **keys: object) -> None:
    users = {user: _hashed(word) for user, word in words.items()}
    path.write_text(yaml.safe_dump({"basic_auth_users": users, **keys}))


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveConfig:
    monkeypatch.setattr(live_config, "_PAUSE", 0.0)
    path = tmp_path / "web.yml"
    _write(path, _WORDS)
    return LiveConfig(str(path))


class _Comparisons(list[bytes]):
    """The passwords that were compared, in order; held while *gate* is shut."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self._compare = bcrypt.checkpw

    def checkpw(self, password: bytes, hashed: bytes) -> bool:
        """Compare as the library does."""
        self.gate.wait(30)
        self.append(password)
        return self._compare(password, hashed)


@pytest.fixture(name="compared")
def _compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Comparisons]:
    found = _Comparisons()
    monkeypatch.setattr(bcrypt, "checkpw", found.checkpw)
    yield found
    found.gate.set()


@asynccontextmanager
async def _serving(config: LiveConfig) -> AsyncIterator[int]:
    listeners = bind(parse_listen("127.0.0.1:0"))
    actions = {"/act": _HANDLERS["/page"]}
    router = Router(config.guard(_HANDLERS), config.guard(actions))
    server = Server(router, tls=config.contexts)
    await server.start(listeners)
    try:
        yield listeners[0].getsockname()[1]
    finally:
        await server.stop()


def _basic(text: str | bytes) -> bytes:
    data = text if isinstance(text, bytes) else text.encode()
    return b"Basic " + base64.b64encode(data)


def _asking(*credentials: bytes, target: bytes = b"GET /page") -> bytes:
    lines = b"".join(b"Authorization: " + each + b"\r\n" for each in credentials)
    return target + b" HTTP/1.1\r\nHost: node\r\n" + lines + b"\r\n"


async def _ask(port: int, sent: bytes, source: str = "127.0.0.1") -> bytes:
    async with connected(port, sent, source=source) as (reader, _):
        head = await reader.readuntil(b"\r\n\r\n")
        return head.split(b" ")[1] + b" " + head


def _once(config: LiveConfig, sent: bytes) -> bytes:
    async def scenario() -> bytes:
        async with _serving(config) as port:
            return await _ask(port, sent)

    return bounded(scenario())


RIGHT = _basic("prometheus:pass:wört")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(_asking(RIGHT), b"200", id="right"),
        pytest.param(_asking(RIGHT.replace(b"Bas", b"bAS")), b"200", id="any case"),
        pytest.param(_asking(RIGHT, target=b"HEAD /page"), b"200", id="head"),
        pytest.param(_asking(RIGHT, target=b"POST /act"), b"200", id="an action"),
        pytest.param(_asking(target=b"POST /act"), b"401", id="an action of anybody"),
        pytest.param(_asking(target=b"GET /-/healthy"), b"200", id="health"),
        pytest.param(
            _asking(_basic(b"other:" + b"x" * 72 + b"y")), b"200", id="as far as bcrypt"
        ),
        pytest.param(_asking(), b"401", id="nothing"),
        pytest.param(_asking(_basic("prometheus:wrong")), b"401", id="wrong"),
        pytest.param(_asking(_basic("nobody:pass:wört")), b"401", id="nobody"),
        pytest.param(_asking(_basic("other:pass:wört")), b"401", id="another's"),
        pytest.param(_asking(_basic("prometheus:")), b"401", id="empty"),
        pytest.param(_asking(_basic("prometheus:a\0b")), b"401", id="zero byte"),
        pytest.param(_asking(_basic(b":" + b"x" * 9000)), b"401", id="long"),
        pytest.param(_asking(_basic("prometheus")), b"401", id="no colon"),
        pytest.param(_asking(b"Basic \xff==="), b"401", id="no base64"),
        pytest.param(_asking(b"Basic"), b"401", id="no more than the scheme"),
        pytest.param(_asking(b"Bearer x"), b"401", id="another scheme"),
        pytest.param(_asking(RIGHT, RIGHT), b"401", id="twice"),
        pytest.param(_asking(RIGHT + b" " * 40_000), b"431", id="too long a head"),
    ],
)
def test_who_is_served(config: LiveConfig, sent: bytes, status: bytes) -> None:
    """Users with their password are, and health is for all."""
    answer = _once(config, sent)

    assert answer.startswith(status + b" ")
    asks = b'WWW-Authenticate: Basic realm="sctp-node-agent"' in answer
    assert asks == (status == b"401")


def test_as_long_for_nobody(config: LiveConfig, compared: _Comparisons) -> None:
    """A user that there is not costs the same comparison, of the same cost."""

    async def scenario() -> list[bytes]:
        async with _serving(config) as port:
            said = (_asking(_basic(f"{user}:x")) for user in ("nobody", "other"))
            return [(await _ask(port, each))[:3] for each in said]

    assert bounded(scenario()) == [b"401", b"401"]
    assert compared == [b"x", b"x"]


def test_right_is_remembered(config: LiveConfig, compared: _Comparisons) -> None:
    """A scrape does not wait for a hash, whatever else is being compared."""

    async def scenario() -> list[bytes]:
        async with _serving(config) as port, AsyncExitStack() as crowd:
            before = await _ask(port, _asking(RIGHT))
            compared.gate.clear()
            guess = _asking(_basic("prometheus:guess"))
            for _ in range(20):
                await crowd.enter_async_context(connected(port, guess))
            return [before, *[await _ask(port, _asking(RIGHT)) for _ in range(3)]]

    assert [answer[:3] for answer in bounded(scenario())] == [b"200"] * 4
    assert compared == [b"pass:w\xc3\xb6rt"]


def test_password_that_was_changed(config: LiveConfig, tmp_path: Path) -> None:
    """What was right before is not any more, though it is remembered."""

    async def scenario() -> list[bytes]:
        async with _serving(config) as port:
            answers = [await _ask(port, _asking(RIGHT))]
            _write(tmp_path / "web.yml", {"prometheus": "new"})
            assert await config.reload() == ""
            answers.append(await _ask(port, _asking(RIGHT)))
            answers.append(await _ask(port, _asking(_basic("prometheus:new"))))
            return answers

    assert [a[:3] for a in bounded(scenario())] == [b"200", b"401", b"200"]


def test_memory_of_what_was_right_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compared: _Comparisons
) -> None:
    """The oldest goes, and is compared again."""
    monkeypatch.setattr("agent.http.passwords._REMEMBERED", 1)
    _write(tmp_path / "web.yml", {"a": "1", "b": "2"})
    config = LiveConfig(str(tmp_path / "web.yml"))

    async def scenario() -> None:
        async with _serving(config) as port:
            for said in ("a:1", "b:2", "b:2", "a:1"):
                assert (await _ask(port, _asking(_basic(said)))).startswith(b"200")

    bounded(scenario())
    assert compared == [b"1", b"2", b"1"]


def test_guessing_keeps_nobody_out(config: LiveConfig, compared: _Comparisons) -> None:
    """Sixty guess at once when a new scraper comes: it is the next but one.

    One comparison is under way, and one more of the crowd may have the turn before.
    """
    compared.gate.clear()

    async def scenario() -> bytes:
        async with _serving(config) as port, AsyncExitStack() as crowd:
            guess = _asking(_basic("prometheus:guess"))
            for _ in range(60):
                await crowd.enter_async_context(
                    connected(port, guess, source="127.0.0.2")
                )
            await asyncio.sleep(0.1)  # they have been heard
            scrape = asyncio.ensure_future(_ask(port, _asking(RIGHT)))
            await asyncio.sleep(0.1)
            compared.gate.set()
            return await scrape

    assert bounded(scenario()).startswith(b"200")
    assert compared.index(b"pass:w\xc3\xb6rt") <= 2


def test_one_comparison_at_a_time(config: LiveConfig, compared: _Comparisons) -> None:
    """Whoever asks and leaves, again and again, has one thread and not more."""
    compared.gate.clear()

    async def scenario() -> int:
        async with _serving(config) as port:
            before = threading.active_count()
            for number in range(100):
                async with connected(port, _asking(_basic(f"x:{number}"))):
                    await asyncio.sleep(0.002)
            return threading.active_count() - before

    assert bounded(scenario()) <= 1


def test_connection_is_kept(config: LiveConfig) -> None:
    """Who is not let in may try again on it, and then go on."""

    async def scenario() -> list[bytes]:
        async with _serving(config) as port, connected(port) as (reader, writer):
            answers = []
            for credentials in ((), (_basic("x:y"),), (RIGHT,), (RIGHT,)):
                writer.write(_asking(*credentials))
                answers.append(await read_response(reader))
            return answers

    refused = b"Unauthorized\n"
    assert bounded(scenario()) == [refused, refused, PAGE, PAGE]


def test_no_thread_to_compare_in(config: LiveConfig) -> None:
    """It is said to be our trouble, and over when it is."""

    async def scenario() -> list[bytes]:
        async with _serving(config) as port:
            with no_threads():
                before = await _ask(port, _asking(RIGHT))
            return [before, await _ask(port, _asking(RIGHT))]

    assert [a[:3] for a in bounded(scenario())] == [b"503", b"200"]


def test_beside_certificates(tmp_path: Path) -> None:
    """Over TLS both are asked for, where both are configured."""
    desk = open_desk(tmp_path)
    served = {"cert_file": "tls.crt", "key_file": "tls.key"}
    asked = {"client_auth_type": "RequireAndVerifyClientCert"}
    tls = served | asked | {"client_ca_file": "ca.crt"}
    _write(desk.config, _WORDS, tls_server_config=tls)

    async def ask(port: int, name: str, sent: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=desk.client(name), server_hostname="127.0.0.1"
        )
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        return head.split(b" ")[1]

    async def scenario() -> list[bytes]:
        async with _serving(LiveConfig(str(desk.config))) as port:
            return [
                await ask(port, name, sent)
                for name in ("", "prometheus")
                for sent in (_asking(), _asking(RIGHT))
            ]

    assert bounded(scenario()) == [b"403", b"403", b"401", b"200"]


def test_tls_neither_comes_nor_goes(config: LiveConfig, tmp_path: Path) -> None:
    """Passwords that were to be said over TLS are never asked for without."""
    open_desk(tmp_path)  # which writes a configuration with TLS

    async def scenario() -> tuple[str, bytes]:
        async with _serving(config) as port:
            return await config.reload(), await _ask(port, _asking(RIGHT))

    trouble, answer = bounded(scenario())

    assert "with a restart only" in trouble
    assert answer.startswith(b"200")
    with pytest.raises(ValueError, match="no TLS"):
        bounded(config.context())
