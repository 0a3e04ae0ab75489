"""Standard streams that are closed, full or left by their reader."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli import main, streams

_EXPLAIN = (sys.executable, "-m", "agent", "explain", "Blacklisted")
_TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("redirected", "code", "said"),
    [
        pytest.param(">&-", 0, "", id="output is closed"),
        pytest.param("<&- >&- 2>&-", 0, "", id="all are closed"),
        pytest.param(">/dev/full", 2, "cannot write: No space", id="the disk is full"),
    ],
)
def test_command(redirected: str, code: int, said: str) -> None:
    """Nothing of Python's own is shown, and the code says what it can."""
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *_EXPLAIN],
        cwd=_TOP,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert ended.returncode == code
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_closed_streams_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened next is none of them."""
    opened = []

    def fstat(number: int) -> None:
        if number == 1:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", fstat)
        patch.setattr(os, "open", lambda path, _: opened.append(path))
        patch.setattr(sys, "stdout", None)
        patch.setattr(sys, "stderr", None)
        streams.open_closed()
        with sys.stdout as out, sys.stderr as err:
            assert (out.name, err.name) == (os.devnull, os.devnull)
    assert opened == [os.devnull]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EPIPE])
def test_no_room_for_the_answer(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], code: int
) -> None:
    """It is a message, not a traceback, and no answer."""

    def fail(*_: object) -> bool:
        raise OSError(code, os.strerror(code))

    before = os.dup(1)
    monkeypatch.setattr("agent.cli.explain.write_explanation", fail)
    try:
        with os.fdopen(os.dup(1), "w") as output:
            monkeypatch.setattr(sys, "stdout", output)
            assert main.main(["explain", "Blacklisted"]) == 2
            os.dup2(before, 1)
    finally:
        os.close(before)
    message = f"sctp-node-agent: cannot write: {os.strerror(code)}\n"
    # Whoever has left needs no message.
    assert capfd.readouterr().err == ("" if code == errno.EPIPE else message)
