"""How many clients may take an answer at the same time, of those that are bounded."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agent.http.places import Place, Waiting, first_to_leave

_Task = asyncio.Task[Any]


class Parallel:
    """Bounds answers that are being taken to *most*; 0 is no bound.

    One more ends another one, chosen as with connections: else whoever asks and does
    not read would keep Prometheus out. Who reads what the kernel takes at once is
    never under way.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: dict[_Task, Place[_Task]] = {}
        #: How many clients did not get to the end of their answer.
        self.evicted = 0

    @contextmanager
    def answer(self, network: str) -> Iterator[None]:
        """Count what happens meanwhile in the running task, for a client there."""
        task: _Task = asyncio.current_task()  # type: ignore[assignment]  # within one
        while self._most and len(self._under_way) >= self._most:
            other = first_to_leave(self._under_way.values())
            del self._under_way[other]
            self.evicted += 1
            other.cancel()
        now = time.monotonic()
        self._under_way[task] = Place(task, network, Waiting.TAKING_RESPONSE, now)
        try:
            yield
        finally:
            self._under_way.pop(task, None)
