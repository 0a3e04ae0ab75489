"""Whether there is news for an open page: the answer waits until there is some.

So a page hears of it at once, and while there is none it asks six times a minute. At
most eight wait at a time, beside those who want pages and metrics.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus

from agent.http.message import PLAIN_TEXT, Request, Response
from agent.http.places import Place, Waiting, first_to_leave

NEWS = "/news"
#: Shorter than the patience of proxies, and of other pages: a browser has only six
#: connections to one host, and they may all be held.
_HOLD = 10.0
_MOST = 8

_Held = asyncio.Future[HTTPStatus]
_Waiter = tuple[Place[_Held], Callable[[], bool]]  # and whether it has left


class News:
    """Answers whoever has the present *tag* when there is another one, or in the end.

    304 is the answer after *hold* seconds without any. One more than *most* takes the
    place of another one, which gets 204: it had better not wait again at once. Whoever
    has left keeps no place from others.
    """

    def __init__(self, *, hold: float = _HOLD, most: int = _MOST) -> None:
        self._hold = hold
        self._most = most
        self._start = time.time_ns()
        self._count = 0
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._held: dict[_Held, _Waiter] = {}

    @property
    def tag(self) -> str:
        """What stands for all news so far, those of an earlier agent apart."""
        return f"{self._start:x}.{self._count}"

    def announce(self) -> None:
        """Let all know that there is something new; any thread may call it."""
        with self._lock:
            self._count += 1
        if self._loop:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                self._loop.call_soon_threadsafe(self._release)

    def __call__(self, request: Request) -> Response | Awaitable[Response]:
        """Return the tag at once to whoever has another one."""
        self._loop = asyncio.get_running_loop()
        if request.header("if-none-match") != f'"{self.tag}"':
            return self._answer(HTTPStatus.OK)
        return self._wait(self._loop, request)

    async def _wait(
        self, loop: asyncio.AbstractEventLoop, request: Request
    ) -> Response:
        while len(self._held) >= self._most:
            self._end(self._first_to_leave(), HTTPStatus.NO_CONTENT)
        held: _Held = loop.create_future()
        place = Place(held, request.network, Waiting.ANSWER, time.monotonic())
        self._held[held] = place, request.has_left
        end = loop.call_later(self._hold, self._end, held, HTTPStatus.NOT_MODIFIED)
        try:
            return self._answer(await held)
        finally:
            end.cancel()
            self._held.pop(held, None)

    def _first_to_leave(self) -> _Held:
        places = [place for place, _ in self._held.values()]
        leavers = [place for place, has_left in self._held.values() if has_left()]
        return first_to_leave(leavers or places)

    def _release(self) -> None:
        for held in tuple(self._held):
            self._end(held, HTTPStatus.OK)

    def _end(self, held: _Held, status: HTTPStatus) -> None:
        self._held.pop(held, None)
        if not held.done():
            held.set_result(status)

    def _answer(self, status: HTTPStatus) -> Response:
        tag = self.tag
        body = f"{tag}\n".encode() if status is HTTPStatus.OK else b""
        return Response(status, body, PLAIN_TEXT, (("ETag", f'"{tag}"'),))
