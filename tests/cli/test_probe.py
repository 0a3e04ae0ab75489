"""`respond` and `probe` as they are called: settings, output, exit codes."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.cli import main, probe
from agent.daemon import logs
from agent.echo import presence
from agent.echo.hints import hint
from agent.echo.message import Identity, Reply
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.echo.output import Probed, write_json, write_text
from agent.echo.resolve import Address
from agent.errno_names import error_name
from agent.hostport import Target
from agent.kernel.obstacles import Obstacle
from tests.paths.stand_in import Value

GOOD = Attempt(
    None,
    Stage.CLOSE,
    phases=((Stage.CONNECT, 0.001), (Stage.EXCHANGE, 0.002), (Stage.CLOSE, 0.0005)),
    seconds=0.0035,
    reply=Reply("", "worker-2", "0.1.0", "2001:db8::2", "2001:db8::1"),
    local="2001:db8::1",
    local_port=40000,
    seen="2001:db8::1",
    sizes=(160, 1432),
    counters={"SctpActiveEstabs": 1, "SctpFastRetransmits": 2},
)


def failed(
    failure: FailureClass,
    error: str = "",
    stage: Stage = Stage.CONNECT,
    **counters: int,
) -> Attempt:
    """Return an attempt that failed so."""
    return Attempt(failure, stage, error, counters=counters)


REFUSED = failed(FailureClass.REFUSED, "ECONNREFUSED", SctpAborteds=1)
NO_SCTP = failed(FailureClass.NO_SCTP, "EPROTONOSUPPORT")
IN_USE = failed(FailureClass.UNREACHABLE, "EADDRINUSE")


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (GOOD, None),
        (NO_SCTP, "no SCTP socket"),
        (failed(FailureClass.RESOLVE), "no address"),
        (failed(FailureClass.PROTOCOL_UNREACHABLE), "does not speak SCTP"),
        (failed(FailureClass.UNREACHABLE, "EHOSTUNREACH"), "no way"),
        (IN_USE, "in use"),
        (REFUSED, "ABORT"),
        (failed(FailureClass.REFUSED), "rejected"),
        (failed(FailureClass.REFUSED, SctpAborteds=1, SctpInCtrlChunks=2), "backlog"),
        (
            failed(
                FailureClass.REFUSED,
                SctpAborteds=1,
                SctpInCtrlChunks=2,
                SctpOutOfBlues=1,
            ),
            "nobody listens",
        ),
        *(
            (replace(failed(FailureClass.TIMEOUT), obstacle=each), each.value)
            for each in Obstacle
        ),
        (failed(FailureClass.TIMEOUT), "dropped on the way"),
        (failed(FailureClass.TIMEOUT, stage=Stage.EXCHANGE), "nothing came back"),
        (failed(FailureClass.NO_SCTP, "EAFNOSUPPORT"), "no IPv6"),
        (failed(FailureClass.RESET), "aborted"),
        (failed(FailureClass.LARGE_LOST), "full size"),
        (failed(FailureClass.CORRUPTED, SctpChecksumErrors=1), "checksum"),
        (failed(FailureClass.CORRUPTED), "other bytes"),
        (failed(FailureClass.WRONG_RESPONDER), "another node"),
        (failed(FailureClass.WRONG_RESPONDER, "EBADMSG"), "something"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, str) else None,
)
def test_every_failure_is_explained(attempt: Attempt, words: str | None) -> None:
    """In words that say what it means."""
    found = hint(attempt)

    assert found is None if words is None else found and words in found.cause


def test_silence_may_be_a_port_that_a_service_lacks() -> None:
    """The hint names the port, and where it is listed."""
    found = hint(failed(FailureClass.TIMEOUT))

    assert found
    assert "a Service that lacks the port" in found.cause
    assert "`kubectl get service -A` has the port with /SCTP" in found.look


@pytest.mark.parametrize(
    ("attempts", "code"),
    [
        pytest.param([GOOD], 0, id="good"),
        pytest.param([GOOD, REFUSED], 1, id="one of two failed"),
        pytest.param([NO_SCTP], 2, id="no SCTP here"),
        pytest.param([GOOD, IN_USE], 2, id="source port in use"),
        pytest.param([REFUSED, NO_SCTP], 1, id="broken before it was not tried"),
    ],
)
def test_exit_code(attempts: Sequence[Attempt], code: int) -> None:
    """A path that was not tried is neither good nor broken."""
    assert probe.exit_code(attempts) == code


def text(*attempts: Attempt, address: str = "2001:db8::2") -> str:
    """Return the text about these attempts."""
    stream = io.StringIO()
    write_text(Probed(Target("agents"), address, attempts), stream)
    return stream.getvalue()


def test_text_of_a_good_attempt() -> None:
    """Who answered first, then everything that was measured."""
    assert text(GOOD) == (
        "[2001:db8::2]:10132: worker-2 answered, 3.5 ms\n"
        "\n"
        "name        agents\n"
        "from        [2001:db8::1]:40000\n"
        "seen as     2001:db8::1\n"
        "answered    worker-2, agent 0.1.0, as 2001:db8::2\n"
        "echoed      160 and 1432 bytes\n"
        "phases, ms  connect 1.0, exchange 2.0, close 0.5\n"
        "counters    SctpFastRetransmits +2\n"
    )


def test_text_of_many_attempts() -> None:
    """A line each, and the failed one in full."""
    shown = text(GOOD, replace(REFUSED, seconds=0.001), replace(GOOD, reply=None))

    assert shown.startswith("[2001:db8::2]:10132: 2 of 3 attempts were answered\n")
    assert "   2  refused, in the phase connect, 1.0 ms\n" in shown
    assert "error     ECONNREFUSED\n" in shown
    assert "look at   whether the pod listens" in shown
    assert text(GOOD, GOOD).startswith("[2001:db8::2]:10132: 2 of 2")


def test_text_of_a_name_without_address() -> None:
    """The name stands for it."""
    shown = text(failed(FailureClass.RESOLVE, "EAI_NONAME"), address="")

    assert shown.startswith("agents:10132: resolve, in the phase connect")


def test_hostile_names_are_harmless() -> None:
    """What a responder calls itself does not reach the terminal raw."""
    reply = Reply("", "\x1b[31mred", "\n")

    assert "\x1b" not in text(replace(GOOD, reply=reply))


def test_json_has_everything() -> None:
    """For machines, with seconds and the class."""
    stream = io.StringIO()
    write_json(Probed(Target("agents"), "2001:db8::2", (GOOD, REFUSED)), stream)
    told = json.loads(stream.getvalue())

    assert told["target"] == {"host": "agents", "port": 10132}
    assert not told["success"]
    good, refused = told["attempts"]
    assert good["responder"]["node"] == "worker-2"
    assert good["phases"] == {"connect": 0.001, "exchange": 0.002, "close": 0.0005}
    assert (good["class"], good["cause"]) == (None, "")
    assert (refused["class"], refused["responder"]) == ("refused", None)
    assert refused["counters"] == {"SctpAborteds": 1}


def test_names_of_errors() -> None:
    """Errnos, the resolver's codes, and a deadline of our own."""
    assert error_name(TimeoutError()) == "ETIMEDOUT"
    assert error_name(ConnectionResetError(104, "")) == "ECONNRESET"
    assert error_name(socket.gaierror(socket.EAI_AGAIN, "")) == "EAI_AGAIN"
    assert error_name(socket.gaierror(-99, "")) == "EAI_FAIL"
    assert error_name(OSError("without a number")) == "OSError"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["probe", "a:0"], "no such port"),
        (["probe", "a", "--count", "0"], "--count"),
        (["probe", "a", "--deadline", "0"], "--deadline"),
        (["probe", "a", "--source-port", "65536"], "--source-port"),
        (["probe", "a", "--source-address", "eth0"], "--source-address"),
        (["respond", "--listen-port", "65535"], "--listen-port"),
        (["respond", "--listen-address", "eth0"], "--listen-address"),
    ],
)
def test_usage(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong setting is named, and nothing is begun."""
    assert main.main(argv) == 2
    assert words in capsys.readouterr().err


def _probe(
    monkeypatch: pytest.MonkeyPatch, results: Sequence[Attempt], *argv: str
) -> tuple[int, list[dict[str, Value]]]:
    """Return the exit code of `probe`, and how each attempt was made."""
    made: list[dict[str, Value]] = []
    waiting = iter(results)

    async def attempt(address: tuple[str, int], **options: Value) -> Attempt:
        made.append({"address": address, **options})
        return next(waiting)

    async def resolve(*_: object, **__: object) -> tuple[Address, ...]:
        return (Address(socket.AF_INET6, "::1"), Address(socket.AF_INET, "127.0.0.1"))

    monkeypatch.setattr(probe, "attempt", attempt)
    monkeypatch.setattr(probe, "resolve", resolve)
    monkeypatch.setattr(probe, "_PAUSE", 0)
    return main.main(["probe", *argv]), made


def test_probe_tries_as_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As often, to the first address, from the source that was given."""
    code, made = _probe(
        *(monkeypatch, [GOOD, REFUSED], "agents:9", "--count", "2"),
        *("--source-port", "7", "--source-address", "::2", "--allow-autoload"),
    )

    assert code == 1
    assert [each["address"] for each in made] == [("::1", 9)] * 2
    assert (made[0]["source"], made[0]["source_port"]) == ("::2", 7)
    assert made[0]["permitted"]()
    assert "[::1]:9: 1 of 2 attempts were answered" in capsys.readouterr().out


def test_probe_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The time to resolve the name belongs to the first attempt."""
    code, made = _probe(monkeypatch, [GOOD], "agents", "--output", "json")
    told = json.loads(capsys.readouterr().out)

    assert (code, len(made)) == (0, 1)
    assert next(iter(told["attempts"][0]["phases"])) == "resolve"


def test_name_without_address_is_no_broken_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path was not tried."""

    def fail(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    assert main.main(["probe", "no.such.name"]) == 2
    assert re.search(r"error\s+EAI_NONAME", capsys.readouterr().out)


def test_respond_ends_when_told_to(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It waits for SCTP as long as there is none, and opens nothing."""
    monkeypatch.setattr(presence, "in_kernel", lambda: False)
    began = threading.Event()

    class Waiting:
        def __init__(self, identity: object) -> None:
            assert identity == Identity("worker-1", "0.1.0")

        async def run(self, port: int, *, addresses: Sequence[str]) -> None:
            """Wait for the end."""
            assert (port, list(addresses)) == (9, ["::1"])
            asyncio.get_running_loop().call_later(
                0.01, os.kill, os.getpid(), signal.SIGTERM
            )
            began.set()
            await asyncio.sleep(30)

    monkeypatch.setattr(probe, "Responder", Waiting)
    monkeypatch.setattr(logs, "configure", lambda **_: None)
    argv = ["--listen-port", "9", "--listen-address", "::1", "--node-name", "worker-1"]

    assert main.main(["respond", *argv]) == 0
    assert began.is_set()
    assert caplog.text == ""
