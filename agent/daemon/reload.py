"""Looking again when somebody asks: at the node, and at the web configuration."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from http import HTTPStatus

from agent.daemon.notify import Notify
from agent.http.live_config import LiveConfig
from agent.http.message import Request, Response, line

_QUIET = 1.0  # seconds in which further requests are not told
_SPACING = 0.1  # seconds from one look to the next

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
        self._log_time = self._look_time = -math.inf
        self._coming: asyncio.Task[str] | None = None
        self._tasks: set[asyncio.Task[str]] = set()

    async def __call__(self, _: Request) -> Response:
        """Answer when it is done."""
        if await self._reload():
            text = "not reloaded: what was there before goes on, the log says why"
            return line(HTTPStatus.INTERNAL_SERVER_ERROR, text)
        return line(HTTPStatus.OK, "reloaded")

    def soon(self) -> None:
        """Do it in the background, for a signal."""
        if not self._tasks:
            self._notify.reloading()
        task = asyncio.get_running_loop().create_task(self._reload())
        self._tasks.add(task)  # the loop itself would forget it
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[str]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self._notify.reloaded()

    async def _reload(self) -> str:
        if self._coming is None:
            self._coming = asyncio.get_running_loop().create_task(self._look())
        return await asyncio.shield(self._coming)

    async def _look(self) -> str:
        """Look for all who ask until it begins; who comes later is for the next one."""
        await asyncio.sleep(self._look_time + _SPACING - time.monotonic())
        self._coming, self._look_time = None, time.monotonic()
        if self._look_time - self._log_time >= _QUIET:
            self._log_time = self._look_time
            _log.info("asked to look again")
        self._wake()
        return await self._config.reload() if self._config else ""
