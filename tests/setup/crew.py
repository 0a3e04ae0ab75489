"""Runs lanes beside each other, and tells on what they tell: how far, what failed."""

import json
import os
import resource
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.setup import telling
from tests.setup.lanes import Lane

TOP = Path(__file__).parents[2]
SILENCE = 30.0
"""Seconds after which it is said how far all lanes are."""

ENDING = 20.0
"""Seconds that a lane has to end when it is told to."""


@dataclass(slots=True)
class Running:
    """One lane at work, and what it has told."""

    lane: Lane
    process: subprocess.Popen[bytes]
    log: Path
    events: int
    tests: int = 0
    done: int = 0
    failed: list[str] = field(default_factory=list)
    pending: bytes = b""
    processor: float = 0.0

    def hear(self) -> bool:
        """Take what it tells; say whether there may be more."""
        data = os.read(self.events, 1 << 16)
        *lines, self.pending = (self.pending + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))
        return bool(data)

    def end(self) -> None:
        """Wait for its end; one that fails without a word gets a word here."""
        os.close(self.events)
        before = _processor()
        status = self.process.wait()
        self.processor = _processor() - before
        if status and not self.failed:
            self._fail(f"{self.lane.name} - ended with {status}, see {self.log}")

    def _take(self, event: dict[str, Any]) -> None:
        self.tests = event.get("tests", self.tests)
        self.done += event.get("done", 0)
        if "failed" in event:
            self._fail(f"{event['failed']} - {event['why']}")

    def _fail(self, line: str) -> None:
        self.failed.append(line)
        say(f"FAILED {line}")


class Crew:
    """The lanes at work: so many at once, the others wait in their order."""

    def __init__(self, waiting: Sequence[Lane], at_once: int, folder: Path) -> None:
        self._waiting = list(waiting)
        self._at_once = at_once
        self._folder = folder
        self._running: list[Running] = []
        self._ended: list[Running] = []
        self._selector = selectors.DefaultSelector()
        self._began = self._told = time.monotonic()

    def work(self) -> Sequence[Running]:
        """Run every lane to its end; when interrupted, end those at work."""
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._at_once:
                    self._begin(self._waiting.pop(0))
                self._hear()
        finally:
            for one in self._running:
                one.process.terminate()
            for one in self._running:
                one.process.wait(ENDING)
        return self._ended

    def _begin(self, lane: Lane) -> None:
        log = self._folder / f"{lane.slug}.log"
        reader, writer = os.pipe()
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, *lane.command(self._folder)],
                cwd=TOP,
                env={**os.environ, telling.DESCRIPTOR: str(writer)},
                pass_fds=(writer,),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        os.close(writer)
        one = Running(lane, process, log, reader)
        self._running.append(one)
        self._selector.register(reader, selectors.EVENT_READ, one)
        self._say(f"{lane.name}: begins, output into {log}")

    def _hear(self) -> None:
        for key, _ in self._selector.select(timeout=1.0):
            one: Running = key.data
            if not one.hear():
                self._end(one)
        if time.monotonic() - self._told > SILENCE:
            far = [f"{one.lane.name} {one.done}/{one.tests}" for one in self._running]
            self._say(f"{', '.join(far)}; {len(self._waiting)} lanes to come")

    def _end(self, one: Running) -> None:
        self._selector.unregister(one.events)
        self._running.remove(one)
        one.end()
        self._ended.append(one)
        how = "failed" if one.failed else "done"
        self._say(f"{one.lane.name}: {how}, {one.processor:.0f} s of a processor")
        text = one.log.read_text(encoding="utf-8", errors="replace").rstrip()
        say(text.rpartition("\n")[2])

    def _say(self, text: str) -> None:
        self._told = time.monotonic()
        minutes, seconds = divmod(int(self._told - self._began), 60)
        say(f"[{minutes:2}:{seconds:02}] {text}")


def _processor() -> float:
    """Return the seconds that all processes have used that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(line: str) -> None:
    """Print a line that is seen at once, on a screen or in a log."""
    print(line, flush=True)
