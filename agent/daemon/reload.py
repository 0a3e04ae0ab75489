"""Looking again when somebody asks: at the node, and at the web configuration."""

import asyncio
import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from agent.daemon.notify import Notify
from agent.http.live_config import LiveConfig
from agent.http.message import Request, Response, line

_QUIET = 1.0  # seconds in which further requests are not told

_log = logging.getLogger(__name__)


class Reload:
    """Does so on SIGHUP, and answers `/-/reload`; a storm of both costs little more.

    *wake* makes the loop evaluate soon. There is nothing to read again without a
    *config*: flags and variables stay as they are.
    """

    def __init__(
        self, wake: Callable[[], None], config: LiveConfig | None, notify: Notify
    ) -> None:
        self._wake = wake
        self._config = config
        self._notify = notify
        self._log_time = -_QUIET
        self._tasks: set[asyncio.Task[str]] = set()

    async def __call__(self, _: Request) -> Response:
        """Answer when it is done."""
        if await self._look():
            text = "not reloaded: what was there before goes on, the log says why"
            return line(HTTPStatus.INTERNAL_SERVER_ERROR, text)
        return line(HTTPStatus.OK, "reloaded")

    def soon(self) -> None:
        """Do it in the background, for a signal."""
        if not self._tasks:
            self._notify.reloading()
        task = asyncio.get_running_loop().create_task(self._look())
        self._tasks.add(task)  # the loop itself would forget it
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[str]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self._notify.reloaded()

    async def _look(self) -> str:
        now = time.monotonic()
        if now - self._log_time >= _QUIET:
            self._log_time = now
            _log.info("asked to look again")
        self._wake()
        return await self._config.reload() if self._config else ""
