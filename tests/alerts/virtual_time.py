"""An event loop whose clock leaps to the next thing to do: hours in a second."""

import asyncio
import gc
import ipaddress
import selectors
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest


class _Leap(selectors.SelectSelector):
    """Waits for nothing: the time that was to be waited has passed at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Let *timeout* seconds pass; no descriptor is ever ready."""
        self.now += timeout or 0.0
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Begins at the second 0, as the series in promtool's tests do."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Return how many seconds have passed."""
        return self._leap.now


class AtOnce(threading.Thread):
    """A thread that has ended when it was started: else its work would take time."""

    def start(self) -> None:
        """Do the work here and now."""
        self.run()


@contextmanager
def _circles_left() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *main* and what it starts in virtual time, until *main* ends.

    Half of the time would go into reading the same few addresses over and over, and a
    seventh into looking for circles among what is in use until the end.
    """
    with (
        _circles_left(),
        pytest.MonkeyPatch.context() as patch,
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):
        patch.setattr(threading, "Thread", AtOnce)
        patch.setattr(ipaddress, "ip_address", cache(ipaddress.ip_address))
        runner.run(main())
