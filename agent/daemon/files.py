"""The node's files as a source of news: what changes an answer is noticed at once."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.hostfs.watches import Watches

_PAUSE = 0.05  # seconds between two readings: a storm costs little, and is read in bulk

_log = logging.getLogger(__name__)


def watches() -> Watches | None:
    """Return watches that are none yet; None where the kernel gives none."""
    try:
        return Watches()
    except OSError as error:
        text = "files are not watched, evaluating by time only"
        _log.info(text, extra={"error": str(error)})
        return None


@contextmanager
def heeding(watched: Watches | None, on_news: Callable[[], None]) -> Iterator[None]:
    """Call *on_news* when an answer of *watched* may differ."""
    if watched is None:
        yield
        return
    reader = _Reader(watched, on_news)
    reader.wait()
    try:
        yield
    finally:
        reader.stop()


class _Reader:
    """Reads what has happened, and then not again for a moment."""

    def __init__(self, watched: Watches, on_news: Callable[[], None]) -> None:
        self._watched, self._on_news = watched, on_news
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None

    def wait(self) -> None:
        self._loop.add_reader(self._watched.descriptor, self._read)

    def stop(self) -> None:
        self._loop.remove_reader(self._watched.descriptor)
        if self._pause:
            self._pause.cancel()

    def _read(self) -> None:
        self.stop()
        self._pause = self._loop.call_later(_PAUSE, self.wait)
        if self._watched.drain():
            self._on_news()
