"""What a process takes of the machine, read from outside, in bytes and seconds."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is resident, and what of it no other process shares."""

    resident: int
    private: int

    def __str__(self) -> str:
        """Return both in MiB."""
        return f"{self.resident / 2**20:.1f} ({self.private / 2**20:.1f}) MiB"


def memory(pid: int) -> Memory:
    """Return the memory of the process."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {k: int(v) << 10 for k, v in re.findall(r"(\w+):\s+(\d+) kB", text)}
    return Memory(sizes["Rss"], sizes["Private_Clean"] + sizes["Private_Dirty"])


def peak(pid: int) -> int:
    """Return the most memory that was ever resident since *forget_peak*."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    assert found
    return int(found[1]) << 10


def forget_peak(pid: int) -> None:
    """Begin anew with the peak."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def cpu(pid: int) -> float:
    """Return the CPU time that all threads have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
