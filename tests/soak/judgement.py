"""Whether an agent has grown: from samples to a table and a verdict."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.tables import table

_QUARTERS = ("1st quarter", "2nd", "3rd", "4th")
_MOST_GROWTH = 1 << 20  # bytes between the second quarter and the last
_MORE_OF_A_KIND = 4  # descriptors or threads that happen to be open


@dataclass(frozen=True, slots=True)
class Sample:
    """What an agent took after so many *evaluations*."""

    evaluations: int
    resident: int
    private: int
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the samples say; *faults* are what has grown."""

    rows: Sequence[Sequence[str]]
    faults: Sequence[str]

    @property
    def table(self) -> str:
        """Return the samples by quarters."""
        return table(["median", *_QUARTERS], self.rows)


def judge(samples: Sequence[Sample]) -> Judgement:
    """Compare the quarters; the first is the warm-up and is not judged."""
    size = len(samples) // 4
    quarters = [samples[n * size : (n + 1) * size] for n in range(4)]
    resident = [statistics.median(s.resident for s in quarter) for quarter in quarters]
    private = [statistics.median(s.private for s in quarter) for quarter in quarters]
    descriptors = [
        statistics.median(s.descriptors for s in quarter) for quarter in quarters
    ]
    threads = [statistics.median(s.threads for s in quarter) for quarter in quarters]
    judged = samples[size:]
    slope, _ = statistics.linear_regression(
        [s.evaluations for s in judged], [s.resident for s in judged]
    )
    faults = []
    if resident[3] - resident[1] > _MOST_GROWTH:
        faults.append(f"resident memory grows by {slope:.0f} bytes an evaluation")
    if descriptors[3] - descriptors[1] > _MORE_OF_A_KIND:
        faults.append("there are more and more descriptors")
    if threads[3] - threads[1] > _MORE_OF_A_KIND:
        faults.append("there are more and more threads")
    rows = [
        ["resident memory", *(f"{size / 2**20:.2f} MiB" for size in resident)],
        ["private memory", *(f"{size / 2**20:.2f} MiB" for size in private)],
        ["open descriptors", *(f"{count:g}" for count in descriptors)],
        ["threads", *(f"{count:g}" for count in threads)],
    ]
    return Judgement(rows, faults)
