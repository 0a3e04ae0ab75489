"""docs/metrics.md counts the series that there are."""

import re
from pathlib import Path

import pytest

from agent.checks import discover
from agent.report.prometheus import families
from agent.report.stack_counters import ASSOCIATIONS, COUNTERS
from tests.nodes import BOOT, Files, MakeNode, loaded

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
_NAMES = (ASSOCIATIONS, *(counter.kernel_name for counter in COUNTERS))
_SNMP = "".join(f"{name}\t1\n" for name in _NAMES)
_BOOTED: Files = {"/proc/stat": "btime 1790000000\n"}
_LOADED: Files = {**loaded(), BOOT: "sctp\n", "/proc/1/net/sctp/snmp": _SNMP}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(_LOADED, r"all probes made has (\d+) series", id="loaded"),
        pytest.param({}, r"not\s+loaded has (\d+);", id="not loaded"),
    ],
)
def test_series(make_node: MakeNode, files: Files, said: str) -> None:
    """A node has as many as the page says, the process's own apart."""
    report = make_node(_BOOTED, files).report()
    series = sum(len(family.samples) for family in families(report))

    assert [str(series)] == re.findall(said, PAGE.read_text())


def test_checks() -> None:
    """A new check is counted."""
    said = re.findall(r"With the (\d+) checks there are now", PAGE.read_text())

    assert said == [str(len(discover()))]
