"""One target for some time: how many inputs, the slowest, what memory it keeps."""

import gc
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from tests.fuzz import corpus
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import Target

_DEADLINE = 2.0  # seconds of processor time for one input
_MOST_GROWTH = 64 << 20  # bytes that a session may leave behind
_WARM_UP = 300  # inputs, then memory is measured for the first time
_MOST_FAILURES = 5


class TooSlowError(BaseException):
    """An input took longer than its time; no `except Exception` hides it."""


@dataclass(slots=True)
class Session:
    """What came of one target; *growth* is in bytes, *slowest* in seconds."""

    target: Target
    inputs: int = 0
    slowest: float = 0.0
    growth: int = 0
    failures: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """True when an input failed or memory grew."""
        return bool(self.failures) or self.growth > _MOST_GROWTH

    def run(self, seed: int, seconds: float) -> None:
        """Read the kept inputs, then spoilt ones until *seconds* have passed."""
        seeds = [path.read_bytes() for path in corpus.paths(self.target.name)]
        rng = random.Random(f"{seed} {self.target.name}")  # noqa: S311  # no secret
        for data in seeds:
            self._feed(data)
        end = time.monotonic() + seconds
        before = 0
        while time.monotonic() < end and len(self.failures) < _MOST_FAILURES:
            self._feed(mutated(rng, seeds, self.target.limit))
            if self.inputs == len(seeds) + _WARM_UP:
                before = _memory()
        self.growth = max(_memory() - before, 0) if before else 0

    def _feed(self, data: bytes) -> None:
        self.inputs += 1
        start = time.process_time()
        signal.signal(signal.SIGPROF, _too_slow)
        signal.setitimer(signal.ITIMER_PROF, _DEADLINE)
        try:
            self.target.read(data)
        except (Exception, TooSlowError) as error:  # noqa: BLE001  # any is a finding
            signal.setitimer(signal.ITIMER_PROF, 0)
            kept = corpus.keep(self.target.name, data)
            self.failures.append((kept, f"{_place(error)}: {error!r:.200}"))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self.slowest = max(self.slowest, time.process_time() - start)


def _too_slow(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TooSlowError(f"more than {_DEADLINE:g} s")


def _place(error: BaseException) -> str:
    """Name the reader's line where it happened."""
    at = error.__traceback__
    place = "?"
    while at:
        file = at.tb_frame.f_code.co_filename
        if "/agent/" in file:
            place = f"{Path(file).name}:{at.tb_lineno}"
        at = at.tb_next
    return place


def _memory() -> int:
    gc.collect()
    resident: int = psutil.Process().memory_info().rss
    return resident
