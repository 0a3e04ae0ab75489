"""The line that shows that something is going on."""

import io
import time

import pytest

from agent.terminal.progress import shown_while


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Pretend."""
        return True


def test_shown_on_a_terminal() -> None:
    """What is done and how far it is; at the end the line is empty again."""
    terminal = Terminal()
    with shown_while("counting", terminal, patience=0) as progress:
        progress.note("2 of 3")
        while "2 of 3" not in terminal.getvalue():
            time.sleep(0.01)

    shown = terminal.getvalue()
    assert "counting: 2 of 3 (" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()], ids=["soon", "no tty"])
def test_nothing_is_shown(stream: io.StringIO) -> None:
    """Neither of what ends soon, nor where nobody looks."""
    with shown_while("counting", stream, patience=60) as progress:
        progress.note("1 of 3")

    assert stream.getvalue() == ""


def test_errors_pass() -> None:
    """What goes wrong meanwhile is not hidden, and the line is taken back."""
    terminal = Terminal()
    with pytest.raises(KeyError), shown_while("counting", terminal, patience=60):
        raise KeyError
    assert terminal.getvalue() == ""
