"""Work that may hang in the kernel, each piece in a thread that can be left behind."""

import asyncio
import errno
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class NoThreadError(OSError):
    """The system gave no thread: its memory or a limit of processes is used up."""

    def __init__(self) -> None:
        text = "no thread could be started (a limit of processes or memory is reached)"
        super().__init__(errno.EAGAIN, text)


@dataclass(frozen=True, slots=True)
class Overdue:
    """The work did not finish in time; *again* when it is an earlier attempt."""

    again: bool = False


def start(name: str, work: Callable[[], T]) -> Future[T]:
    """Start *work* in a new thread called *name* and return its future.

    The thread is new because what it may have entered (a network namespace) stays
    with it, and a daemon because nothing can end a thread that hangs: it must not
    hold up the end of the process. Where the system gives no thread, that is the
    future's exception: NoThreadError.
    """
    future: Future[T] = Future()
    thread = threading.Thread(
        target=_fulfil, args=(future, work), name=name, daemon=True
    )
    try:
        thread.start()
    except RuntimeError:
        future.set_exception(NoThreadError())
    return future


class Bounded:
    """Runs named pieces of work, each with a deadline.

    A piece that does not return keeps its thread until it does. It is not started
    again before that, so there is at most one lost thread per name.
    """

    def __init__(self) -> None:
        self._stuck: dict[str, Future[Any]] = {}

    def run(self, name: str, work: Callable[[], T], *, deadline: float) -> T | Overdue:
        """Return what *work* returns, or Overdue after *deadline* seconds.

        An exception of *work* is raised here, NoThreadError where there is no thread.
        """
        earlier = self._stuck.get(name)
        if earlier and not earlier.done():
            return Overdue(again=True)
        self._stuck.pop(name, None)
        future = start(name, work)
        try:
            return future.result(deadline)
        except TimeoutError:
            if future.done():  # it is that of the work itself
                return future.result()
        self._stuck[name] = future
        return Overdue()


def read_within(path: str, size: int, *, deadline: float) -> bytes:
    """Return at most *size* bytes of the file at *path*; raise OSError.

    TimeoutError after *deadline* seconds: it may be a pipe into which nobody writes,
    or lie on a file system that hangs.
    """

    def read() -> bytes:
        with open(path, "rb") as file:
            return file.read(size)

    content = Bounded().run("read", read, deadline=deadline)
    if isinstance(content, Overdue):
        raise TimeoutError(errno.ETIMEDOUT, f"nothing came within {deadline:g} s")
    return content


def in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Start *work* and return the running loop's future of its result.

    The threads of asyncio's own executor are waited for at exit; one that hangs
    in the kernel would hold up the end of the agent.
    """
    loop = asyncio.get_running_loop()
    target: asyncio.Future[T] = loop.create_future()

    def deliver(future: Future[T]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(partial(_hand_over, future, target))

    start("work", work).add_done_callback(deliver)
    return target


def _fulfil(future: Future[T], work: Callable[[], T]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  # raised where it is waited for
        future.set_exception(error)
    else:
        future.set_result(result)


def _hand_over(source: Future[T], target: asyncio.Future[T]) -> None:
    if target.done():  # cancelled: nobody waits any more
        return
    error = source.exception()
    if error is not None:
        target.set_exception(error)
    else:
        target.set_result(source.result())
