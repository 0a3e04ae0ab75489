"""`--watch`: a report or a list again and again, shown anew when it changes."""

import io
import time
from collections.abc import Callable
from typing import Protocol, TextIO, TypeVar


class Timed(Protocol):
    """What tells when it was found, in Unix time."""

    @property
    def time(self) -> float | None:
        """Return when, None where that is not known."""


T = TypeVar("T", bound=Timed)

_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


class _Page(io.StringIO):
    """A page in the making, which passes for the stream that it is made for."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def watch(
    evaluate: Callable[[], T],
    write: Callable[[T, TextIO], None],
    *,
    stream: TextIO,
    interval: float,
) -> T | None:
    """Evaluate every *interval* seconds until interrupted; return the last report.

    A terminal is cleared before each page; elsewhere pages follow each other. None
    when it was interrupted before there was anything to show.
    """
    text, last = "", None
    try:
        while True:
            last = evaluate()
            page = _Page(terminal=stream.isatty())
            write(last, page)
            if page.getvalue() != text:
                text = page.getvalue()
                _show(text, last, stream, interval)
            time.sleep(interval)
    except KeyboardInterrupt:
        return last


def _show(page: str, result: Timed, stream: TextIO, interval: float) -> None:
    moment = time.strftime("%H:%M:%S", time.localtime(result.time))
    note = f"since {moment}, looking every {interval:g} s"
    if stream.isatty():
        stream.write(f"{_CLEAR}{page}\n{note}; Ctrl-C ends\n")
    else:
        stream.write(f"{page}\n{note}\n\n")
    stream.flush()
