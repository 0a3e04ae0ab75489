"""Which other nodes have reached this one lately: a symmetric check of the paths."""

import time
from collections.abc import Callable

from agent.paths.names import is_node_name

_MOST = 4096


class Visitors:
    """Remembers the nodes that asked within the last *window* seconds.

    They say their names themselves: whatever is no node's name is not counted,
    nor is this node, and of more than 4,096 the longest silent ones are dropped.
    """

    def __init__(
        self,
        own: str,
        *,
        window: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own = own
        self._window = window
        self._clock = clock
        self._visits: dict[str, float] = {}

    def note(self, node: str) -> None:
        """Remember that *node* has reached this one now."""
        if node == self._own or not is_node_name(node):
            return
        self._visits.pop(node, None)  # to its end: the order is that of the last visit
        self._visits[node] = self._clock()
        if len(self._visits) > _MOST:
            del self._visits[next(iter(self._visits))]

    def count(self) -> int:
        """Return how many distinct nodes have come."""
        since = self._clock() - self._window
        self._visits = {node: at for node, at in self._visits.items() if at >= since}
        return len(self._visits)
