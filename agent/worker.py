"""A blocking call in a thread that cannot keep the process from ending."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")


def in_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Start *function* and return the future of its result.

    The threads of asyncio's own executor are waited for at exit; one that hangs
    in the kernel would hold up the end of the agent.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def work() -> None:
        try:
            deliver = partial(future.set_result, function())
        except Exception as error:  # noqa: BLE001  # it is raised where awaited
            deliver = partial(future.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(_unless_cancelled, future, deliver)

    threading.Thread(target=work, name="evaluation", daemon=True).start()
    return future


def _unless_cancelled(future: asyncio.Future[T], deliver: Callable[[], None]) -> None:
    if not future.done():
        deliver()
