"""`check --watch`: when it draws, and how it ends."""

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.cli import main
from agent.findings import Report, Verdict
from agent.terminal.text import write_report
from agent.terminal.watch import watch
from tests.nodes import ETC, MakeNode
from tests.reports import SAMPLE
from tests.terminal.test_progress import Terminal

_LATER = replace(SAMPLE, time=SAMPLE.time + 60)
_OTHER = replace(SAMPLE, verdict=Verdict())


def _interrupted_after(*reports: Report) -> Iterator[Report]:
    yield from reports
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("reports", "pages"),
    [
        pytest.param((), 0, id="interrupted at once"),
        pytest.param((SAMPLE,), 1, id="one"),
        pytest.param((SAMPLE, _LATER, _LATER), 1, id="nothing new"),
        pytest.param((SAMPLE, _OTHER, _LATER), 3, id="there and back"),
    ],
)
@pytest.mark.parametrize("stream", [Terminal, io.StringIO], ids=["terminal", "file"])
def test_drawn_when_it_changes(
    stream: type[io.StringIO], reports: tuple[Report, ...], pages: int
) -> None:
    """Only a change is drawn, a terminal is cleared for it, and the last one counts."""
    shown, evaluations = stream(), _interrupted_after(*reports)

    last = watch(lambda: next(evaluations), write_report, stream=shown, interval=0)

    assert last is (reports[-1] if reports else None)
    text = shown.getvalue()
    assert text.count("looking every 0 s") == pages
    assert text.count("\x1b[2J") == (pages if shown.isatty() else 0)
    assert text.count("Ctrl-C ends") == (pages if shown.isatty() else 0)


@pytest.mark.parametrize(
    ("expectation", "code"),
    [
        pytest.param("required", 0, id="as expected"),
        pytest.param("forbidden", 1, id="not as expected"),
    ],
)
def test_exit_code(
    make_node: MakeNode,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    expectation: str,
    code: int,
) -> None:
    """Ctrl-C ends it with the code that `check` would have had."""

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    root = f"--root={make_node().root}"
    command = ["check", root, "--offline", "--watch", f"--expect={expectation}"]

    assert main.main(command) == code
    assert "looking every 2 s" in capsys.readouterr().out


def test_interrupted_before_anything_is_known(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it could not tell."""
    monkeypatch.setattr("agent.terminal.watch.watch", lambda *_, **__: None)
    assert main.main(["check", f"--root={make_node().root}", "--watch"]) == 2


def test_ctrl_c(make_node: MakeNode) -> None:
    """In a process of its own: a change is seen, and Ctrl-C ends it in order."""
    node = make_node()
    flags = (f"--root={node.root}", "--offline", "--watch", "--watch.interval=0.1")
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", "check", *flags],
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for line in process.stdout:
        if line.startswith("since "):
            node.path(f"{ETC}/new.conf").write_text("install sctp /bin/true\n")
        if "InstallOverride" in line:
            break
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=300)

    assert (process.returncode, complaints) == (1, "")
