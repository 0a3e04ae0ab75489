"""What is reckoned for larger fleets is the line through what was measured."""

import pytest

from tests.scale.disk import OnDisk
from tests.scale.measure import Taken
from tests.scale.sizing import BLOCK, DAY, sized, table

DISK = OnDisk(sample=1.5, series=100.0, logged=10.0)


def _taken(agents: int) -> Taken:
    return Taken(
        agents=agents,
        answering=agents,
        series=1_000 + 250 * agents,
        samples_per_second=8.0 * agents,
        memory=(64 << 20) + (agents << 20),
        processor=0.001 * agents,
        rules=0.002 * agents,
        missed=0,
    )


def test_line() -> None:
    """A fixed part and a part for each node: both are found again."""
    rows = sized((_taken(250), _taken(1_000)), DISK, (100, 250, 1_000, 50_000))
    one = {row.agents: row for row in rows}[50_000]

    assert [row.measured for row in rows] == [True, True, False]
    assert one.series == 1_000 + 250 * 50_000
    assert one.samples_per_second == pytest.approx(400_000)
    assert one.memory == pytest.approx((64 << 20) + (50_000 << 20))
    assert one.rules == pytest.approx(100)
    assert one.disk_per_day == pytest.approx(
        400_000 * DAY * 1.5 + one.series * 100 * DAY / BLOCK
    )


def test_table_tells_what_was_measured() -> None:
    """What is reckoned is set apart."""
    lines = table(sized((_taken(250), _taken(1_000)), DISK, (50_000,))).splitlines()

    assert lines[2].startswith("| 250 | 63,500 |")
    assert lines[4].startswith("| *50,000* | *12,501,000* |")
    assert len({line.count("|") for line in lines}) == 1
