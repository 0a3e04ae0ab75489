"""A service's side of its supervisor: when it is ready, reloads, lives and ends."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from agent.daemon.notify import Notify
from agent.daemon.reload import Reload


@dataclass(frozen=True, slots=True)
class Service:
    """What systemd asks of a service; *alive* says whether evaluations finish."""

    notify: Notify
    reload: Reload
    alive: Callable[[], bool]

    @contextmanager
    def announce(self, published: asyncio.Event) -> Iterator[None]:
        """Tell meanwhile: ready with the first report, alive as long as we are."""

        async def tell() -> None:
            await published.wait()
            self.notify.ready()
            await self.notify.watch(self.alive)

        telling = asyncio.ensure_future(tell())
        yield
        telling.cancel()
        self.notify.stopping()
