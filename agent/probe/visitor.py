"""Work in other network namespaces, each time in a thread made for it.

A namespace belongs to a thread, and a thread that has changed it must not be
used for anything else: so it enters, works, and ends.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Visitor:
    """Runs visits, at most one at a time to each place.

    A visit that takes longer than *deadline* seconds is given up, not ended:
    nothing can end a thread. No other goes there while it lasts.
    """

    def __init__(self, *, deadline: float) -> None:
        self._deadline = deadline
        self._threads: dict[str, threading.Thread] = {}

    def visit(self, place: str, enter: Callable[[], None], work: Callable[[], T]) -> T:
        """Call *enter*, then *work*, in a new thread; return what *work* returns.

        *place* is the namespace's name. Raises what they raise, and TimeoutError
        when the deadline passed, or an earlier visit there has not ended.
        """
        earlier = self._threads.get(place)
        if earlier is not None and earlier.is_alive():
            raise TimeoutError
        outcome: Future[T] = Future()
        # A daemon: a thread stuck in the kernel must not hold up the agent's end.
        thread = threading.Thread(
            target=_go,
            args=(enter, work, outcome),
            name=f"netns-{place}",
            daemon=True,
        )
        self._threads[place] = thread
        thread.start()
        thread.join(self._deadline)
        if thread.is_alive():
            raise TimeoutError
        return outcome.result(timeout=0)


def _go(enter: Callable[[], None], work: Callable[[], T], outcome: "Future[T]") -> None:
    try:
        enter()
        outcome.set_result(work())
    except Exception as error:  # noqa: BLE001  # raised again by the visitor
        outcome.set_exception(error)
