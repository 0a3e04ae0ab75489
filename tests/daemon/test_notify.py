"""What systemd is told: at its socket, in its words, and never by waiting for it."""

import asyncio
import logging
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.daemon import process
from agent.daemon.notify import Notify
from agent.daemon.reload import Reload
from agent.daemon.service import Service
from agent.findings import Report
from tests.http.loopback import bounded
from tests.reports import SAMPLE, STARTING


@pytest.fixture(name="supervisor")
def _supervisor(tmp_path: Path) -> Iterator[socket.socket]:
    """Return the end that systemd would have."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.settimeout(0)
        yield end


def _environment(end: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": end.getsockname(), **more}


def _heard(end: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(end.recv(4096).decode())
        except BlockingIOError:
            return found


def test_words(supervisor: socket.socket) -> None:
    """They are those of sd_notify(3); a reload has the time at which it began."""
    notify = Notify(_environment(supervisor))
    notify.reloading()  # which nobody does who is not ready
    notify.reloaded()
    notify.ready()
    notify.reloaded()  # which had begun before
    notify.reloading()
    notify.stopping()
    ready, reloading, stopping = _heard(supervisor)

    assert (ready, stopping) == ("READY=1", "STOPPING=1")
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", reloading)


def test_abstract_socket() -> None:
    """Its name begins with @ where it is told, and with a zero byte in fact."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("\0sctp-node-agent-test")
        end.settimeout(0)
        Notify({"NOTIFY_SOCKET": "@sctp-node-agent-test"}).ready()
        assert _heard(end) == ["READY=1"]


def test_nobody_listens(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and ends nothing; without a supervisor there is nothing to say."""
    Notify({}).ready()
    assert caplog.messages == []
    Notify({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()

    (record,) = caplog.records
    assert record.__dict__["said"] == "READY=1"
    assert record.levelno == logging.WARNING


def test_supervisor_that_does_not_read(
    supervisor: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    """Its queue is full then; we wait for nobody."""
    notify = Notify(_environment(supervisor))
    for _ in range(10_000):
        notify.ready()
        if caplog.messages:
            break

    assert caplog.messages == ["systemd is not told"]


@pytest.mark.parametrize(
    ("asked", "alive", "heard"),
    [
        pytest.param({"WATCHDOG_USEC": "2000"}, [True], True, id="asked for"),
        pytest.param({"WATCHDOG_USEC": "2000"}, [False], False, id="hanging"),
        pytest.param(
            {"WATCHDOG_USEC": "2000"}, [False, True], True, id="alive once more"
        ),
        pytest.param({}, [True], False, id="not asked for"),
        pytest.param({"WATCHDOG_USEC": "0"}, [True], False, id="off"),
        pytest.param({"WATCHDOG_USEC": "soon"}, [True], False, id="nonsense"),
        pytest.param(
            {"WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1"},
            [True],
            False,
            id="other's",
        ),
        pytest.param(
            {"WATCHDOG_USEC": "2000", "WATCHDOG_PID": str(os.getpid())},
            [True],
            True,
            id="of us",
        ),
    ],
)
def test_watchdog(
    supervisor: socket.socket,
    asked: dict[str, str],
    alive: list[bool],
    *,
    heard: bool,
) -> None:
    """It is told as long as evaluations finish, and never otherwise."""
    notify = Notify(_environment(supervisor, **asked))
    answers = iter(alive)

    async def scenario() -> None:
        ended = asyncio.Event()

        def say() -> bool:
            try:
                return next(answers)
            except StopIteration:
                ended.set()
                return False

        watching = asyncio.ensure_future(notify.watch(say))
        waiting = asyncio.ensure_future(ended.wait())
        await asyncio.wait({watching, waiting}, return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        waiting.cancel()

    bounded(scenario())
    assert _heard(supervisor) == (["WATCHDOG=1"] if heard else [])


def test_reloads_that_overlap(supervisor: socket.socket) -> None:
    """Ready again is who has done them all."""
    notify = Notify(_environment(supervisor))
    reload = Reload(lambda: None, None, notify)

    async def scenario() -> None:
        notify.ready()
        reload.soon()
        reload.soon()
        await asyncio.sleep(0.01)

    bounded(scenario())
    _, reloading, ready = _heard(supervisor)
    assert reloading.startswith("RELOADING=1\n")
    assert ready == "READY=1"


def test_service_that_has_nothing_to_show(supervisor: socket.socket) -> None:
    """It is not ready before its first report."""
    notify = Notify(_environment(supervisor))
    service = Service(notify, Reload(lambda: None, None, notify), lambda: True)

    async def scenario() -> None:
        with service.announce(asyncio.Event()):
            await asyncio.sleep(0.01)

    bounded(scenario())
    assert _heard(supervisor) == ["STOPPING=1"]


def test_daemon(supervisor: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the start to the end, with a reload between."""
    for name, value in _environment(supervisor, WATCHDOG_USEC="60000000").items():
        monkeypatch.setenv(name, value)
    turns = []

    def evaluate() -> Report:
        turns.append(1)
        ends = len(turns) > 2
        os.kill(os.getpid(), signal.SIGTERM if ends else signal.SIGHUP)
        return SAMPLE

    process.run(
        evaluate,
        initial=STARTING,
        interval=900.0,
        serving=process.Serving(listen=["127.0.0.1:0"]),
        report_as_dict=lambda _: {},
    )
    said = [text.partition("\n")[0] for text in _heard(supervisor)]

    assert said[-1] == "STOPPING=1"
    assert said.count("READY=1") == 2  # with the first report, and after the reload
    assert {*said} == {"READY=1", "RELOADING=1", "WATCHDOG=1", "STOPPING=1"}
