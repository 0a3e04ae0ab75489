"""One at a time, and networks in turn: a crowd waits for itself, not others for it."""

import asyncio
from collections import OrderedDict, deque

_Waiting = asyncio.Future[None]


class Turns:
    """Whoever has waited has the turn until *end* is called, by whomever."""

    def __init__(self) -> None:
        self._taken = False
        self._queues: OrderedDict[str, deque[_Waiting]] = OrderedDict()

    async def wait(self, network: str) -> None:
        """Wait for a turn of *network*."""
        if not self._taken:
            self._taken = True
            return
        waiting: _Waiting = asyncio.get_running_loop().create_future()
        self._queues.setdefault(network, deque()).append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting.cancelled():
                self._forget(network, waiting)
            else:  # the turn came, and is not wanted any more
                self.end()
            raise

    def end(self) -> None:
        """Give the turn to the next network that waits."""
        while self._queues:
            network, queue = self._queues.popitem(last=False)
            waiting = queue.popleft()
            if queue:
                self._queues[network] = queue
            if not waiting.done():
                waiting.set_result(None)
                return
        self._taken = False

    def _forget(self, network: str, waiting: _Waiting) -> None:
        """Keep nothing of who has left: a crowd may come and go all the time."""
        queue = self._queues.get(network, deque())
        if waiting in queue:
            queue.remove(waiting)
        if not queue:
            self._queues.pop(network, None)


class Turn:
    """The turns of one *network* in the loop, one of all networks at a time."""

    def __init__(self, turns: Turns, network: str) -> None:
        self._turns = turns
        self.network = network

    async def take(self) -> None:
        """Wait for one; it lasts as long as the loop's present turn.

        A page costs a millisecond in which nobody else is served. So a crowd that asks
        for pages waits for itself, and whoever comes from elsewhere for one of it.
        """
        await self._turns.wait(self.network)
        asyncio.get_running_loop().call_soon(self._turns.end)
