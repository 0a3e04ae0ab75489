"""The plugin of node-problem-detector, held to that program's protocol."""

import asyncio
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.findings import Compliance, Reason, Report, State, Verdict
from agent.hostport import parse_listen
from agent.http.addresses import bind
from agent.http.router import Router
from agent.http.server import Server
from agent.report.latest import LatestReport
from agent.report.npd import status
from agent.web.endpoints import pages
from tests.fleet.stub import serving
from tests.manifests.bundle import Bundle, labels
from tests.manifests.cases import DAEMONSET, Case
from tests.manifests.kubectl import kustomize
from tests.reports import SAMPLE, STARTING

PLUGIN = DAEMONSET / "components" / "node-problem-detector" / "plugin"
CONFIG: dict[str, Any] = json.loads((PLUGIN / "sctp-monitor.json").read_text())
_BLACKLISTED = "Blacklisted at /etc/modprobe.d/sctp-blacklist.conf:1"
GOOD = replace(
    SAMPLE,
    verdict=Verdict(
        State.READY, State.READY, Compliance.TRUE, Reason.AS_EXPECTED, "it works"
    ),
    checks=(),
)


def _run(port: int) -> tuple[int, str]:
    """Run the plugin as the detector does; return its status and its line."""
    done = subprocess.run(
        [PLUGIN / "check-sctp.sh", "127.0.0.1", str(port)],
        check=False,
        capture_output=True,
        env={"PATH": "/nonexistent"},  # nothing but bash is needed
        timeout=_seconds(CONFIG["rules"][0]["timeout"]) + 20,
    )
    assert done.stderr == b""
    assert done.stdout.endswith(b"\n")
    assert len(done.stdout.strip()) <= CONFIG["pluginConfig"]["max_output_length"]
    return done.returncode, done.stdout.decode().strip()


def _seconds(duration: str) -> int:
    return int(duration.removesuffix("s"))


@contextmanager
def _agent(report: Report, *, age: float = 0) -> Iterator[int]:
    """Serve the board's pages as the daemon does; yield the port."""
    seconds = [0.0]
    board = LatestReport(STARTING, clock=lambda: seconds[0])
    board.publish(report)
    seconds[0] = age
    (listener,) = bind(parse_listen("127.0.0.1:0"))
    port: int = listener.getsockname()[1]
    endpoints = pages(board, interval=15, report_as_dict=lambda _: {})
    server, loop = Server(Router(endpoints)), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start([listener]), loop).result(10)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.mark.parametrize(
    ("report", "age", "expected"),
    [
        pytest.param(GOOD, 0, (0, "AsExpected: it works"), id="as expected"),
        pytest.param(
            SAMPLE,
            0,
            (1, f"{_BLACKLISTED}: sctp is denied by `blac..."),
            id="not as expected",
        ),
        pytest.param(
            STARTING,
            0,
            (2, "Starting: no evaluation has finished yet"),
            id="not evaluated yet",
        ),
        pytest.param(
            GOOD, 61, (2, "the agent has not evaluated lately"), id="hanging agent"
        ),
    ],
)
def test_plugin(report: Report, age: float, expected: tuple[int, str]) -> None:
    """Status and line of the agent's own verdict, by its own server."""
    with _agent(report, age=age) as port:
        assert _run(port) == expected


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        pytest.param(b"", "the agent of this node does not answer", id="nothing"),
        pytest.param(
            b"HTTP/1.1 404 Not Found\r\n\r\n",
            "the agent of this node does not serve this plugin",
            id="older agent",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: 1\r\n", "the agent's answer breaks off", id="head"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n\r\n", "the agent's answer breaks off", id="no body"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n\r\n7 $(reboot)\n",
            "the agent's answer is not understood",
            id="no status",
        ),
    ],
)
def test_plugin_and_a_strange_server(answer: bytes, line: str) -> None:
    """Whatever is no verdict is unknown."""
    with serving(lambda _: answer) as stub:
        assert _run(stub.port) == (2, line)


def test_plugin_without_agent() -> None:
    """A node without an agent is unknown, too."""
    with serving(lambda _: b"") as stub:
        port = stub.port
    assert _run(port) == (2, "the agent of this node is not reached")


def test_configuration() -> None:
    """What the detector refuses or misunderstands is not in it."""
    settings, (rule,) = CONFIG["pluginConfig"], CONFIG["rules"]
    (condition,) = CONFIG["conditions"]

    assert CONFIG["plugin"] == "custom"
    assert rule["type"] == "permanent"
    assert rule["condition"] == condition["type"]
    assert rule["reason"] != condition["reason"]
    assert _seconds(rule["timeout"]) <= _seconds(settings["timeout"])
    assert _seconds(settings["timeout"]) < _seconds(settings["invoke_interval"])
    # Else a node counts as healthy at each start, before anything is known.
    assert settings["skip_initial_status"] is True
    for word in (condition["type"], condition["reason"], rule["reason"]):
        assert re.fullmatch(r"[A-Z][A-Za-z]+", word)


def test_shipped() -> None:
    """The ConfigMap holds both files, where the configuration expects the plugin."""
    shown = kustomize(PLUGIN)
    page = Path(DAEMONSET.parent / "docs/integrations/node-problem-detector.md")

    assert "name: sctp-npd-plugin" in shown
    assert "check-sctp.sh: |" in shown
    folder = CONFIG["rules"][0]["path"].rpartition("/")[0]
    assert f"mountPath: {folder}" in page.read_text()


def test_own_service(tmp_path: Path) -> None:
    """It leads to one's own node, and OpenShift's monitoring does not scrape it."""
    case = Case("overlays/openshift", ("node-problem-detector",))
    bundle = Bundle.parse(case.render(tmp_path))
    host, port = CONFIG["rules"][0]["args"]
    service = bundle.named("Service", host.split(".")[0])

    assert service
    assert host == f"{host.split('.')[0]}.{service['metadata']['namespace']}.svc"
    assert service["spec"]["ports"][0]["port"] == int(port)
    assert service["spec"]["internalTrafficPolicy"] == "Local"
    for monitor in bundle.of("ServiceMonitor"):
        wanted = monitor["spec"]["selector"]["matchLabels"]
        assert not wanted.items() <= labels(service).items()


def test_longest_line() -> None:
    """The status before the line is not counted to its 80 bytes."""
    assert len(status(SAMPLE, overdue=False).encode()) <= 82
