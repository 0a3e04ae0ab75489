"""docs/metrics.md counts the series that there are."""

import re
from pathlib import Path

import pytest

from agent.checks import discover
from agent.report.prometheus import families
from agent.report.stack_counters import ASSOCIATIONS, COUNTERS
from tests.kept import Keep
from tests.nodes import BOOT, Files, MakeNode, loaded

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
_NAMES = (ASSOCIATIONS, *(counter.kernel_name for counter in COUNTERS))
_SNMP = "".join(f"{name}\t1\n" for name in _NAMES)
_BOOTED: Files = {"/proc/stat": "btime 1790000000\n"}
_LOADED: Files = {**loaded(), BOOT: "sctp\n", "/proc/1/net/sctp/snmp": _SNMP}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(_LOADED, r"(all probes made has )\d+( series)", id="loaded"),
        pytest.param({}, r"(not\s+loaded has )\d+(;)", id="not loaded"),
    ],
)
def test_series(make_node: MakeNode, files: Files, said: str, keep: Keep) -> None:
    """A node has as many as the page says, the process's own apart."""
    report = make_node(_BOOTED, files).report()

    keep(_with(said, sum(len(family.samples) for family in families(report))), PAGE)


def test_checks(keep: Keep) -> None:
    """A new check is counted."""
    keep(_with(r"(With the )\d+( checks there are now)", len(discover())), PAGE)


def _with(said: str, number: int) -> str:
    """Return the page with this number at the one place where it is said."""
    text, places = re.subn(said, rf"\g<1>{number}\g<2>", PAGE.read_text())
    assert places == 1
    return text
