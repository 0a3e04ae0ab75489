"""`make scale`: measure one Prometheus over a simulated fleet, write docs/scale.md."""

import argparse
import os
import platform
import re
import subprocess
import tempfile
from pathlib import Path

from tests.rules.promtool import program
from tests.scale.disk import CHUNK, OnDisk, on_disk
from tests.scale.measure import PROCESSES, SETTLED, agents, taken
from tests.scale.sizing import sized, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "scale.md"
_PLACE = re.compile(r"(<!-- measured -->\n).*?(<!-- end of measured -->)", re.DOTALL)


def main() -> None:
    """Measure a quarter of the agents, then all, and write both and what follows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=120.0, help="of each look")
    options = parser.parse_args()
    troubled = options.agents // 100
    counts = (options.agents // 4, options.agents)
    with (
        agents(options.agents, troubled) as fleet,
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
    ):
        disk = on_disk(fleet, Path(first))
        measured = taken(fleet, counts, seconds=options.seconds, folder=Path(second))
    for one in measured:
        assert one.answering == one.agents, one
    text = _circumstances(options.agents, troubled, options.seconds)
    text += table(sized(measured, disk)) + _about_disk(disk)
    page = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_PLACE.sub(rf"\g<1>\n{text}\n\g<2>", page), encoding="utf-8")
    print(text)
    missed = sum(one.missed for one in measured)
    print(f"evaluations of rules that came too late: {missed:.0f}")


def _circumstances(count: int, troubled: int, seconds: float) -> str:
    argv = [program("prometheus"), "--version"]
    told = subprocess.run(argv, capture_output=True, check=True, text=True).stdout
    version = told.split()[2]
    return (
        f"Measured with {count:,} agents in {PROCESSES} processes, {troubled} of them "
        f"without SCTP, over {seconds:.0f} s, {SETTLED:.0f} s after they were found;\n"
        f"Prometheus {version}, {platform.machine()} with {os.cpu_count()} processors, "
        "which the agents share with it. In italics: the line through both\n"
        "measurements, continued.\n\n"
    )


def _about_disk(disk: OnDisk) -> str:
    return (
        f"\nOn disk a sample takes {disk.sample:.2f} bytes and a series "
        f"{disk.series:.0f} in each block, beside that the log of the last hours "
        f"{disk.logged:.1f} a sample.\nWithin the first hour memory grows by what "
        f"{CHUNK} samples of each series take: {CHUNK * disk.sample:.0f} bytes.\n"
    )


if __name__ == "__main__":
    main()
