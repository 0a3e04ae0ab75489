"""What a well-behaved scraper sees while others attack, and what memory that takes."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import process
from tests.bench.client import scrape
from tests.bench.programs import Program, running
from tests.bench.quiet import percentile99

_AWAY = 0.04  # seconds between a scraper's connection and its request
_SCRAPERS = 3
_RECOVERY = 3.0  # seconds in which memory returns to its level
_ATTACKS = Path(__file__).with_name("attacks.py")


@dataclass(frozen=True, slots=True)
class Seen:
    """By a scraper, and of the program's memory before, during and after."""

    scrapes: int
    failed: int
    p50: float
    p99: float
    before: int
    peak: int
    after: int

    def __str__(self) -> str:
        """Return what the scraper sees."""
        if not self.p50:
            return f"all of {self.scrapes} fail"
        failed = f", {self.failed} of {self.scrapes} fail" if self.failed else ""
        return f"{self.p50 * 1e3:.1f} / {self.p99 * 1e3:.1f} ms{failed}"

    @property
    def memory(self) -> str:
        """Return the memory in MiB."""
        sizes = (self.before, self.peak, self.after)
        return " → ".join(f"{size / 2**20:.1f}" for size in sizes) + " MiB"


def attacked(program: Program, kind: str, seconds: float) -> Seen:
    """Scrape *program* for *seconds* while *kind*, "" for nobody, goes on."""
    with running(program) as (pid, _):
        scrape(program.address, program.page, away=0)
        time.sleep(1)
        before = process.memory(pid).resident
        process.forget_peak(pid)
        attacker = _attack(program, kind) if kind else None
        try:
            time.sleep(1)
            times = _scraped(program, seconds)
        finally:
            if attacker:
                attacker.terminate()
                attacker.wait()
        peak = process.peak(pid)
        time.sleep(_RECOVERY)
        after = process.memory(pid).resident
    good = [seconds for seconds in times if seconds is not None]
    return Seen(
        len(times),
        len(times) - len(good),
        median(good) if len(good) > 1 else 0.0,
        percentile99(good) if len(good) > 1 else 0.0,
        before,
        peak,
        after,
    )


def _attack(program: Program, kind: str) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, str(_ATTACKS), kind, str(program.address.port)]
    return subprocess.Popen(argv, stderr=subprocess.DEVNULL)


def _scraped(program: Program, seconds: float) -> list[float | None]:
    end = time.monotonic() + seconds

    def scraper(number: int) -> list[float | None]:
        time.sleep(number * _AWAY / _SCRAPERS)  # not all in step
        found = []
        while time.monotonic() < end:
            found.append(scrape(program.address, program.metrics, away=_AWAY))
            time.sleep(0.01)
        return found

    with ThreadPoolExecutor(_SCRAPERS) as pool:
        return [x for found in pool.map(scraper, range(_SCRAPERS)) for x in found]
