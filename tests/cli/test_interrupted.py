"""Ctrl-C: the exit code that shells expect, a line instead of a traceback."""

import array
import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.cli import main, probe
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.facts import SystemFacts
from agent.hostfs.host import Host
from agent.sources import system

PATIENCE = 60.0  # seconds within which a process has begun, or ended


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt: what a script starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def _running(*arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the command, which waits for its input or an answer."""
    argv = [sys.executable, "-m", "agent", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


def _until_read(process: "subprocess.Popen[bytes]") -> None:
    """Give the process some input, and wait until it has taken it."""
    assert process.stdin
    process.stdin.write(b"apiVersion: v1\n")
    process.stdin.flush()
    waiting = array.array("i", [1])
    until = time.monotonic() + PATIENCE
    while waiting[0] and time.monotonic() < until:
        time.sleep(0.01)
        fcntl.ioctl(process.stdin.fileno(), termios.FIONREAD, waiting)
    assert waiting[0] == 0


def _interrupt(process: "subprocess.Popen[bytes]") -> tuple[int, str, str]:
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    assert process.stdout
    assert process.stderr
    out, err = process.stdout.read().decode(), process.stderr.read().decode()
    return process.returncode, out, err


def test_verify_while_it_reads() -> None:
    """Nothing was judged, and nothing is said but that."""
    with _running("machineconfig", "verify", "-") as process:
        _until_read(process)

        assert _interrupt(process) == (130, "", "sctp-node-agent: interrupted\n")


def test_fleet_while_it_asks() -> None:
    """A server that does not answer can be left."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with _running("fleet", f"--prometheus={url}") as process:
            asked = server.accept()[0]

            assert _interrupt(process) == (130, "", "sctp-node-agent: interrupted\n")
            asked.close()


def test_check_while_it_reads(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """A file system that hangs holds nobody, and half a report is none."""
    never = threading.Event()

    def read(_host: Host) -> SystemFacts:
        os.kill(os.getpid(), signal.SIGINT)
        never.wait(PATIENCE)
        return SystemFacts()

    monkeypatch.setattr(system, "gather", read)

    assert main.main(["check", "--root", str(tmp_path), "--offline"]) == 130
    assert capsys.readouterr() == ("", "sctp-node-agent: interrupted\n")
    never.set()


def test_probe_tells_what_it_has_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The attempts until then are shown, in whichever form."""
    refused = Attempt(FailureClass.REFUSED, Stage.CONNECT, "ECONNREFUSED")
    made: list[Attempt] = []

    async def attempt(*_: object, **__: object) -> Attempt:
        if len(made) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(PATIENCE)
        made.append(refused)
        return refused

    monkeypatch.setattr(probe, "attempt", attempt)
    monkeypatch.setattr(probe, "_PAUSE", 0.0)
    argv = ["probe", "127.0.0.1", "--count=9", "--output=json"]

    assert main.main(argv) == 130
    assert len(json.loads(capsys.readouterr().out)["attempts"]) == 2


def test_probe_that_has_tried_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to show."""

    async def attempt(*_: object, **__: object) -> Attempt:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(PATIENCE)
        raise AssertionError

    monkeypatch.setattr(probe, "attempt", attempt)

    assert main.main(["probe", "127.0.0.1"]) == 130
    assert capsys.readouterr() == ("", "sctp-node-agent: interrupted\n")
