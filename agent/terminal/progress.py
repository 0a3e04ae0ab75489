"""A line on a terminal while something takes longer than a second; else nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_PATIENCE = 1.0
_PERIOD = 0.5
_FRAMES = "|/-\\"


class Progress:
    """What is being done, and how far it is."""

    def __init__(self, what: str) -> None:
        self.text = what
        self._what = what

    def note(self, how_far: str) -> None:
        """Say how far it is, for the line if there is one."""
        self.text = f"{self._what}: {how_far}"


@contextmanager
def shown_while(
    what: str, stream: TextIO, *, patience: float = _PATIENCE
) -> Iterator[Progress]:
    """Show on *stream*, if it is a terminal, what takes so long; leave no trace.

    Nothing appears in the first *patience* seconds.
    """
    progress = Progress(what)
    if not stream.isatty():
        yield progress
        return
    end = threading.Event()
    writer = threading.Thread(
        target=_write, args=(progress, stream, end, patience), daemon=True
    )
    writer.start()
    try:
        yield progress
    finally:
        end.set()
        writer.join()


def _write(
    progress: Progress, stream: TextIO, end: threading.Event, patience: float
) -> None:
    began = time.monotonic()
    if end.wait(patience):
        return
    turn = 0
    while not end.is_set():
        seconds = time.monotonic() - began
        frame = _FRAMES[turn % len(_FRAMES)]
        stream.write(f"\r\x1b[K{frame} {progress.text} ({seconds:.0f} s)")
        stream.flush()
        end.wait(_PERIOD)
        turn += 1
    stream.write("\r\x1b[K")
    stream.flush()
