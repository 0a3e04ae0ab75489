"""Path probes beside the daemon: off, waiting, at work, broken."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing

import pytest

from agent.daemon import logs, process
from agent.daemon.background import BackgroundTask
from agent.echo import presence
from agent.echo.message import Reply
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.findings import Report
from agent.http.message import Request
from agent.paths import component
from agent.paths.component import PathProbes
from agent.report.latest import LatestReport
from agent.report.path_row import PathRow
from agent.web.metrics import Metrics
from tests.http.loopback import bounded
from tests.paths.cluster import OWN, A, B
from tests.paths.configuring import configured
from tests.reports import SAMPLE, STARTING

_ARGV = ["--node-name=me", "--path.port=10132"]


class _Responder:
    """Stands in for the responder: one peer calls, then nobody."""

    def __init__(
        self,
        identity: object,
        *,
        names: Callable[[Sequence[str]], object],
        on_peer: Callable[[str, str], None],
        is_peer: Callable[[str], bool],
    ) -> None:
        self.identity = identity
        self._is_peer = is_peer
        self._names = names
        self._on_peer = on_peer

    async def run(self, port: int, *, one_to_many: bool) -> None:
        """Take one call, then wait until cancelled."""
        assert (port, one_to_many) == (10132, False)
        assert not self._is_peer(A)  # DNS has not answered yet
        self._on_peer("b", B)
        assert self._names([B]) == {}
        await asyncio.Event().wait()


async def _attempt(address: tuple[str, int], **_: object) -> Attempt:
    reply = Reply("n", {OWN: "me", A: "a"}.get(address[0], ""), reached=address[0])
    if address[0] == B:
        return Attempt(FailureClass.REFUSED, Stage.CONNECT)
    return Attempt(None, Stage.CLOSE, seconds=0.5, reply=reply)


async def _no_time(_: float) -> None:
    await asyncio.sleep(0.001)


@pytest.fixture
def probes(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> PathProbes:
    """Return probes on a node with two peers."""
    peers = tmp_path_factory.mktemp("peers") / "peers"
    peers.write_text(f"{OWN}\n{A}\n{B}\n")
    monkeypatch.setattr(component, "Responder", _Responder)
    monkeypatch.setattr(component, "own_addresses", lambda: (OWN, "127.0.0.1"))
    monkeypatch.setattr(presence, "in_kernel", lambda: True)
    configuration = configured([*_ARGV, f"--path.peers=file:{peers}"], {})
    return PathProbes(configuration, probe=_attempt, sleep=_no_time)


def test_at_work(probes: PathProbes) -> None:
    """Metrics and rows show what the rounds and the visitors came to."""
    assert list(probes.families()) == []

    async def scenario() -> None:
        answering = asyncio.ensure_future(probes.answer())
        await probes.turn()
        await probes.turn()
        answering.cancel()

    bounded(scenario())
    values = {
        (sample.name, sample.labels.get("target")): sample.value
        for family in probes.families()
        for sample in family.samples
    }

    assert values["sctp_node_path_probe_success", "a"] == 1
    assert values["sctp_node_path_probe_peers", None] == 3
    assert values["sctp_node_path_probe_incoming_peers", None] == 1
    unknown, a, me = probes.rows()
    assert (a.path, a.target, a.ok, a.failure, a.seconds) == ("pod", "a", True, "", 0.5)
    assert (unknown.target, unknown.ok, unknown.failure) == ("", False, "refused")
    assert (unknown.last_success, unknown.seconds) == (None, None)
    assert me.target == "me"


def test_served(probes: PathProbes) -> None:
    """A scrape has the report, the probes and the process, in either form."""
    bounded(probes.turn())
    serve = Metrics(LatestReport(SAMPLE), beside=probes.families)
    accept = {"accept": "application/openmetrics-text"}

    for headers in ({}, accept):
        body = serve(Request("GET", "/metrics", headers)).body.decode()
        for name in ("state", "path_probe_success", "path_probe_attempts_total"):
            assert f"\nsctp_node_{name}{{" in body
        assert "\nprocess_open_fds " in body


class _Broken:
    """A companion that breaks at once."""

    async def run(self) -> None:
        """Break."""
        raise RuntimeError("a defect")

    def families(self) -> tuple[()]:
        """Return none."""
        return ()

    def rows(self) -> Sequence[PathRow]:
        """Return none."""
        return ()


def _daemon(companion: BackgroundTask) -> int:
    evaluations: list[int] = []

    def evaluate() -> Report:
        evaluations.append(1)
        os.kill(os.getpid(), signal.SIGTERM)
        return SAMPLE

    code = process.run(
        evaluate,
        initial=STARTING,
        interval=15.0,
        serving=process.Serving(listen=["127.0.0.1:0"]),
        report_as_dict=lambda _: {},
        companion=companion,
    )
    assert evaluations == [1]
    return code


def test_ends_with_the_daemon(
    probes: PathProbes, caplog: pytest.LogCaptureFixture
) -> None:
    """A signal ends it without a word."""
    with caplog.at_level(logging.ERROR):
        assert _daemon(probes) == 0
    assert caplog.messages == []


def test_evaluations_outlive_it(caplog: pytest.LogCaptureFixture) -> None:
    """What breaks the probes is logged, and the verdict does not suffer."""
    with caplog.at_level(logging.ERROR):
        assert _daemon(_Broken()) == 0
    assert caplog.messages == ["path probing has ended"]


def test_costs_nothing_when_off() -> None:
    """Without a port no code of it is even read."""
    script = (
        "import sys, agent.daemon.process\n"
        "agent.daemon.process.run = lambda *a, companion, **k: print(companion) or 0\n"
        "from agent.cli.main import main\n"
        "main(['run'])\n"
        "print([m for m in sys.modules if m.startswith('agent.paths')])\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert said.stdout.splitlines() == ["None", "[]"]


def test_on_by_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a port the daemon gets the probes for a companion."""
    from agent.cli.main import main

    given: list[object] = []

    def run(*_: object, companion: object, **__: object) -> int:
        given.append(companion)
        return 0

    monkeypatch.setattr(process, "run", run)
    handler = logs.Aside(2)
    monkeypatch.setattr(logs, "configure", lambda **_: handler)

    with closing(handler):
        assert main(["run", *_ARGV]) == 0
    assert isinstance(given[0], PathProbes)
