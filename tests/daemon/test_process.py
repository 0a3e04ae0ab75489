"""The daemon as a whole: what it serves, and how it starts and ends."""

import asyncio
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError

import pytest

from agent.cli import heed_the_end
from agent.daemon import process, uevents
from agent.daemon.loop import Cycle
from agent.findings import Report
from tests.http.certificates import open_desk
from tests.nodes import MakeNode
from tests.reports import SAMPLE, STARTING
from tests.running import running

_STAND_IN = Path(__file__).with_name("stand_in.py")
_WITHOUT_IPV6 = (sys.executable, str(Path(__file__).parents[1] / "without_ipv6.py"))


def _run(listen: tuple[str, ...] = ("127.0.0.1:0",), web_config: str = "") -> int:
    """Run the daemon here; its first evaluation asks it to end."""

    def evaluate() -> Report:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        return SAMPLE

    return process.run(
        evaluate,
        initial=STARTING,
        interval=15.0,
        serving=process.Serving(listen=listen, config=web_config),
        report_as_dict=lambda report: {"node": report.node},
    )


def test_ends_on_request(caplog: pytest.LogCaptureFixture) -> None:
    """It says where it listens, and a signal ends it as a success."""
    caplog.set_level(logging.INFO)

    assert _run() == 0
    assert caplog.records[0].getMessage() == "listening"
    assert caplog.records[0].__dict__["at"].startswith("127.0.0.1:")


def test_node_without_ipv6(make_node: MakeNode) -> None:
    """By default all addresses are served: on such a node those of IPv4."""
    flags = (f"--root={make_node().root}", "--web.listen-address=:0")
    with running(*flags, start=_WITHOUT_IPV6) as (_process, last):
        assert " 0.0.0.0:" in last
        port = last.strip('"').rpartition(":")[2]
        assert _get(f"http://127.0.0.1:{port}/-/healthy")[0] == 200


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("nowhere", id="no-address"),
        pytest.param("192.0.2.1:0", id="not-ours"),
        pytest.param("no-such-host.invalid:0", id="no-such-host"),
    ],
)
def test_cannot_listen(wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    """An address that cannot be had is an error, not a daemon without it."""
    assert _run(("127.0.0.1:0", wrong)) == 2
    assert [record.getMessage() for record in caplog.records] == ["cannot listen"]


def test_with_a_web_configuration(tmp_path: Path) -> None:
    """One that can be used is no obstacle."""
    assert _run(web_config=str(open_desk(tmp_path).config)) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(None, "no such file", id="no file"),
        pytest.param("tls_server_config: {}", "cert_file: is missing", id="no key"),
    ],
)
def test_unusable_web_configuration(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str | None, message: str
) -> None:
    """Nobody gets over plain HTTP what was meant to be served over TLS."""
    path = tmp_path / "web.yml"
    if text is not None:
        path.write_text(text)

    assert _run(web_config=str(path)) == 2
    (record,) = caplog.records
    assert record.getMessage() == "no usable web configuration"
    assert str(path) in record.__dict__["error"]
    assert message in record.__dict__["error"].lower()


def test_without_uevents(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the kernel tells nothing, the interval has to do."""
    caplog.set_level(logging.INFO)

    def refuse() -> socket.socket:
        raise OSError(errno.EPROTONOSUPPORT, "no such netlink family")

    monkeypatch.setattr(uevents, "open_socket", refuse)

    assert _run() == 0
    assert "no uevents, evaluating by time only" in caplog.messages


@pytest.mark.parametrize(
    ("drained", "turns", "message"),
    [
        pytest.param(True, 2, "", id="news"),
        pytest.param(False, 1, "", id="no-news"),
        pytest.param(OSError(errno.ENETDOWN, "gone"), 1, "uevents ended", id="broken"),
    ],
)
def test_uevents(
    drained: bool | OSError,  # noqa: FBT001  # a column
    turns: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """News wakes the loop of evaluations; a broken socket is left alone."""
    ours, theirs = socket.socketpair()
    woken: list[int] = []
    read: list[int] = []

    def drain(events: socket.socket) -> bool:
        read.append(1)
        events.recv(1)
        os.kill(os.getpid(), signal.SIGTERM)
        if isinstance(drained, OSError):
            raise drained
        return drained

    def evaluate() -> Report:
        theirs.send(b"x")
        return SAMPLE

    monkeypatch.setattr(uevents, "open_socket", lambda: ours)
    monkeypatch.setattr(uevents, "drain", drain)
    monkeypatch.setattr(Cycle, "wake", lambda _: woken.append(1))
    with theirs:
        process.run(
            evaluate,
            initial=STARTING,
            interval=15.0,
            serving=process.Serving(listen=["127.0.0.1:0"]),
            report_as_dict=lambda _: {},
        )

    assert len(read) == 1
    assert len(woken) == turns - 1
    assert [r.getMessage() for r in caplog.records if "uevents" in r.getMessage()] == (
        [message] if message else []
    )


def test_broken_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that breaks ends the process: half a daemon would look alive."""

    async def break_down(_: Cycle) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("broken")

    monkeypatch.setattr(Cycle, "run", break_down)

    with pytest.raises(RuntimeError, match="broken"):
        _run()


@pytest.mark.parametrize("with_tls", [False, True], ids=["plain", "over TLS"])
def test_hangup(tmp_path: Path, *, with_tls: bool) -> None:
    """SIGHUP makes it look again at once, and ends nothing."""
    turns = []

    def evaluate() -> Report:
        turns.append(1)
        ends = len(turns) > 1
        os.kill(os.getpid(), signal.SIGTERM if ends else signal.SIGHUP)
        return SAMPLE

    code = process.run(
        evaluate,
        initial=STARTING,
        interval=900.0,
        serving=process.Serving(
            listen=["127.0.0.1:0"],
            config=str(open_desk(tmp_path).config) if with_tls else "",
        ),
        report_as_dict=lambda _: {},
    )
    assert (code, len(turns)) == (0, 2)


@pytest.mark.parametrize("with_tls", [False, True], ids=["plain", "over TLS"])
def test_asked_over_http(tmp_path: Path, *, with_tls: bool) -> None:
    """`/-/reload` does the same, and a scrape has what became of it."""
    desk = open_desk(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        where = f"127.0.0.1:{free.getsockname()[1]}"
    url = f"http{'s' * with_tls}://{where}"
    turns: list[int] = []
    answers: list[str] = []

    def ask(path: str, method: str) -> None:
        request = urllib.request.Request(f"{url}{path}", method=method)  # noqa: S310  # ours
        with urllib.request.urlopen(request, context=desk.client()) as response:  # noqa: S310  # ours
            answers.append(response.read().decode())

    def evaluate() -> Report:
        turns.append(1)
        if len(turns) == 2:  # asked by the signal, and served by now
            ask("/-/reload", "POST")
            ask("/metrics", "GET")
        ends = len(turns) == 3
        os.kill(os.getpid(), signal.SIGTERM if ends else signal.SIGHUP)
        return SAMPLE

    code = process.run(
        evaluate,
        initial=STARTING,
        interval=900.0,
        serving=process.Serving(
            listen=[where], config=str(desk.config) if with_tls else ""
        ),
        report_as_dict=lambda _: {},
    )
    told = "sctp_agent_config_last_reload_successful 1.0" in answers[1]

    assert (code, len(turns), answers[0]) == (0, 3, "reloaded\n")
    assert told == with_tls
    assert "sctp_agent_web_evicted_clients_total 0.0" in answers[1]


@pytest.mark.parametrize("process", [1, 2])
def test_first_process_heeds_the_end(process: int) -> None:
    """Others do so by themselves, and are left as they are."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        heed_the_end(process)
        assert (signal.getsignal(signal.SIGTERM) == before) == (process != 1)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(os.geteuid() != 0, reason="process 1 of a namespace needs root")
def test_asked_to_end_while_it_starts() -> None:
    """As process 1, too, whose unhandled signals the kernel drops."""
    script = (
        "import os, signal, agent.cli; os.kill(os.getpid(), signal.SIGTERM); "
        "print('goes on')"
    )
    command = ["unshare", "--pid", "--fork", sys.executable, "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_log_that_nobody_reads(make_node: MakeNode) -> None:
    """A pipe that is full stops neither the endpoints nor the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        where = f"127.0.0.1:{free.getsockname()[1]}"
    reader, writer = os.pipe()
    os.set_blocking(writer, False)  # its only way
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)  # its only way
    command = [sys.executable, "-m", "agent", "run", f"--root={make_node().root}"]
    process = subprocess.Popen(
        [*command, f"--web.listen-address={where}"], stderr=writer
    )
    try:
        status = 0
        while status != 200:
            with suppress(OSError):
                status, _ = _get(f"http://{where}/-/ready")
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(reader)
        os.close(writer)


@contextmanager
def _process(behaviour: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the daemon with a stand-in for evaluations; yield it and its URL."""
    process = subprocess.Popen(
        [sys.executable, str(_STAND_IN), behaviour], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        line = process.stderr.readline()
        assert "event=listening" in line, line
        yield process, "http://" + line.rpartition("at=")[2].strip()
    finally:
        process.kill()
        process.communicate(timeout=300)


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=300) as response:  # noqa: S310  # ours
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("behaviour", "ready"),
    [
        pytest.param("returns", 200, id="at-work"),
        pytest.param("sleeps", 503, id="hanging-evaluation"),
        pytest.param("spins", 503, id="evaluation-that-never-gives-way"),
    ],
)
def test_process(behaviour: str, ready: int) -> None:
    """A real process serves and ends on SIGTERM, clients and hanging work or not."""
    with _process(behaviour) as (process, url):
        if ready == 200:
            assert process.stderr
            assert 'event="first report"' in process.stderr.readline()
        host, port = url.removeprefix("http://").split(":")
        with (
            socket.create_connection((host, int(port)), timeout=300) as idle,
            socket.create_connection((host, int(port)), timeout=300) as asking,
        ):
            asking.send(b"GET /metr")
            status, metrics = _get(f"{url}/metrics")
            answers = [_get(f"{url}{path}")[0] for path in ("/-/healthy", "/-/ready")]
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=300)
            assert idle.recv(1) == b""

    assert code == 0
    assert answers == [200, ready]
    assert status == 200
    assert ('sctp_node_state{state="unknown"} 1.0' in metrics) == (ready != 200)
