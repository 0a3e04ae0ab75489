"""Being asked to look again, by a signal or over HTTP, and what is told of it."""

import asyncio
import logging
from http import HTTPStatus
from pathlib import Path

import pytest

from agent.daemon import own_metrics
from agent.daemon.notify import Notify
from agent.daemon.reload import Reload
from agent.http import live_config
from agent.http.live_config import LiveConfig
from agent.http.message import Request
from tests.http.certificates import Desk, open_desk
from tests.http.loopback import bounded
from tests.threadless import no_threads

_ASKED = Request("POST", "/-/reload")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def _told(config: LiveConfig) -> dict[str, float]:
    """Return what a scrape gets, by the names without what all have in front."""
    return {
        sample.name.removeprefix("sctp_agent_"): sample.value
        for family in own_metrics.of_config(config)
        for sample in family.samples
    }


def test_answers() -> None:
    """Without a web configuration there is only the node to look at."""
    woken: list[int] = []
    response = bounded(Reload(lambda: woken.append(1), None, Notify({}))(_ASKED))

    assert (response.status, response.body) == (HTTPStatus.OK, b"reloaded\n")
    assert woken == [1]


def test_broken_configuration(desk: Desk) -> None:
    """It is answered as Prometheus does, and can be alerted on until it is whole."""
    config = LiveConfig(str(desk.config))
    reload = Reload(lambda: None, config, Notify({}))

    async def scenario() -> list[tuple[HTTPStatus, float]]:
        whole = desk.config.read_bytes()
        found = []
        for content in (b"tls_server_config: {", whole):
            desk.config.write_bytes(content)
            response = await reload(_ASKED)
            found.append(
                (response.status, _told(config)["config_last_reload_successful"])
            )
            assert str(desk.folder).encode() not in response.body
        return found

    assert bounded(scenario()) == [
        (HTTPStatus.INTERNAL_SERVER_ERROR, 0),
        (HTTPStatus.OK, 1),
    ]


def test_storm(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All who ask at once are one, who comes later is another, and one line tells."""
    monkeypatch.setattr("agent.daemon.reload._SPACING", 0.01)
    woken: list[int] = []
    reload = Reload(lambda: woken.append(1), None, Notify({}))

    async def scenario() -> None:
        for _ in range(100):
            reload.soon()
        await asyncio.gather(*(reload(_ASKED) for _ in range(100)))
        assert woken == [1]
        await asyncio.gather(*(reload(_ASKED) for _ in range(100)))
        assert woken == [1, 1]

    with caplog.at_level(logging.INFO):
        bounded(scenario())
    assert caplog.messages == ["asked to look again"]


def test_certificate_that_was_renewed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is seen though nobody makes a handshake any more."""
    config = LiveConfig(str(desk.config))
    name = "web_certificate_not_after_timestamp_seconds"

    async def scenario() -> tuple[float, float]:
        before = _told(config)[name]
        assert config.look() is None  # it was only just looked at
        desk.serve_as("renewed")
        chain = desk.folder / "tls.crt"
        monkeypatch.setattr(live_config, "_PAUSE", 0.0)
        monkeypatch.setattr(live_config, "first_to_end", lambda _: (1.0, 2.0))
        assert chain.exists()
        looking = config.look()
        assert looking
        await asyncio.wait({looking})
        monkeypatch.undo()
        return before, config.validity[1] if config.validity else 0

    before, after = bounded(scenario())
    assert before > 1e9
    assert after == 2.0


def test_certificate_whose_end_is_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no series, rather than one that is wrong."""
    monkeypatch.setattr(live_config, "first_to_end", lambda _: None)
    config = LiveConfig(str(desk.config))

    async def scenario() -> set[str]:
        return {*_told(config)}

    assert bounded(scenario()) == {
        "config_last_reload_successful",
        "config_last_reload_success_timestamp_seconds",
    }


def test_no_thread_to_read_in(desk: Desk) -> None:
    """Whether the files have changed is then not known: no success."""
    config = LiveConfig(str(desk.config))

    async def scenario() -> str:
        with no_threads():
            return await config.reload()

    assert "no thread" in bounded(scenario())
