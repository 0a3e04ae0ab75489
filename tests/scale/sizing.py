"""Pure: what larger fleets take, reckoned from what two smaller ones took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.scale.disk import OnDisk
from tests.scale.measure import Taken

SIZES = (1_000, 5_000, 10_000, 20_000, 50_000)
DAY = 86_400
BLOCK = 18 * 3600
"""Seconds in a compacted block: each has an index of its own."""
_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True)
class Sized:
    """What one Prometheus takes for a fleet; *measured* or reckoned."""

    agents: int
    measured: bool
    series: int
    samples_per_second: float
    memory: float
    processor: float
    rules: float
    disk_per_day: float


def sized(
    measured: Sequence[Taken], disk: OnDisk, sizes: Iterable[int] = SIZES
) -> list[Sized]:
    """Return a row for what was measured, and for each larger size, by size.

    Below the smallest measurement the line means nothing: it may lead below zero.
    """
    small, large = measured
    rows = [_measured(one, disk) for one in measured]
    larger = {n for n in sizes if n > small.agents} - {large.agents}
    rows += [_reckoned(small, large, disk, n) for n in larger]
    return sorted(rows, key=lambda row: row.agents)


def table(rows: Iterable[Sized]) -> str:
    """Return the rows as Markdown; what is reckoned is in italics."""
    head = (
        *("nodes", "series", "samples a second", "memory", "of a processor"),
        *("all rules once", "disk a day"),
    )
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in rows:
        cells = (
            f"{row.agents:,}",
            f"{row.series:,}",
            f"{row.samples_per_second:,.0f}",
            f"{row.memory / _MIB:,.0f} MiB",
            f"{row.processor:.2f}",
            f"{row.rules:.2f} s",
            f"{row.disk_per_day / _GIB:.2f} GiB",
        )
        lines.append(
            f"| {' | '.join(c if row.measured else f'*{c}*' for c in cells)} |"
        )
    return "\n".join(lines) + "\n"


def _measured(one: Taken, disk: OnDisk) -> Sized:
    return Sized(
        one.agents,
        measured=True,
        series=one.series,
        samples_per_second=one.samples_per_second,
        memory=one.memory,
        processor=one.processor,
        rules=one.rules,
        disk_per_day=_disk(one.samples_per_second, one.series, disk),
    )


def _reckoned(small: Taken, large: Taken, disk: OnDisk, agents: int) -> Sized:
    """Continue the line through both measurements."""

    def line(at_small: float, at_large: float) -> float:
        slope = (at_large - at_small) / (large.agents - small.agents)
        return at_large + slope * (agents - large.agents)

    series = int(line(small.series, large.series))
    samples = line(small.samples_per_second, large.samples_per_second)
    return Sized(
        agents,
        measured=False,
        series=series,
        samples_per_second=samples,
        memory=line(small.memory, large.memory),
        processor=line(small.processor, large.processor),
        rules=line(small.rules, large.rules),
        disk_per_day=_disk(samples, series, disk),
    )


def _disk(samples_per_second: float, series: int, disk: OnDisk) -> float:
    chunks = samples_per_second * DAY * disk.sample
    return chunks + series * disk.series * DAY / BLOCK
