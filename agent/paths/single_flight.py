"""A search that may hang: one at a time, and none is waited for too long."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Search(Generic[T]):
    """Calls *find* when asked; while a call lasts no other one is begun."""

    def __init__(self, find: Callable[[], Awaitable[T]]) -> None:
        self._find = find
        self._running: asyncio.Future[T] | None = None

    async def result(self, deadline: float) -> T:
        """Return what *find* does, or raise what it raises.

        Raise TimeoutError after *deadline* seconds. The call goes on; the next
        one to ask gets its result.
        """
        if self._running is None:
            self._running = asyncio.ensure_future(self._find())
        complete, _ = await asyncio.wait({self._running}, timeout=deadline)
        if not complete:
            raise TimeoutError("no answer in time")
        finished, self._running = self._running, None
        return finished.result()
