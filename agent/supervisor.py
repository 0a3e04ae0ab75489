"""Work that may hang in the kernel, done in a thread that can be left behind."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Overdue:
    """The work did not finish in time; *again* when it is an earlier attempt."""

    again: bool = False


class Supervisor:
    """Runs named pieces of work one after another, each with a deadline.

    A piece that does not return keeps its thread until it does; it is not
    started again before that, so there is at most one lost thread per name.
    """

    def __init__(self) -> None:
        self._worker: _Worker | None = None
        self._stuck: dict[str, _Worker] = {}

    def run(self, name: str, work: Callable[[], T], *, deadline: float) -> T | Overdue:
        """Return what *work* returns, or Overdue after *deadline* seconds.

        An exception of *work* is raised here.
        """
        if name in self._stuck:
            if self._stuck[name].busy:
                return Overdue(again=True)
            del self._stuck[name]
        worker = self._worker or _Worker()
        self._worker = worker
        job = _Job(work)
        worker.submit(job.execute)
        if not job.done.wait(deadline):
            self._stuck[name] = worker
            self._worker = None
            worker.submit(None)
            return Overdue()
        return job.result()

    def close(self) -> None:
        """Let the idle thread end; stuck ones end when their work returns."""
        if self._worker:
            self._worker.submit(None)
            self._worker = None


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: list[T] = []
        self._error: BaseException | None = None
        self.done = threading.Event()

    def execute(self) -> None:
        try:
            self._value.append(self._work())
        except BaseException as error:  # noqa: BLE001 - handed to the waiting thread
            self._error = error
        finally:
            self.done.set()

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value[0]


class _Worker:
    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._loop, daemon=True, name="work")
        self._thread.start()

    @property
    def busy(self) -> bool:
        return self._thread.is_alive()

    def submit(self, job: Callable[[], None] | None) -> None:
        self._jobs.put(job)

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
