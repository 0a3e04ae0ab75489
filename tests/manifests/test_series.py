"""What the component `fewer-series` leaves out is there, and read by nobody here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboards.looks import Look, samples
from tests.manifests.bundle import Bundle
from tests.manifests.cases import DAEMONSET, FEWER_SERIES, Case
from tests.manifests.conftest import Bundles
from tests.manifests.policies_wiring import endpoints

TOP = DAEMONSET.parent
READERS = (
    *("daemonset/rules/*.yaml", "dashboards/grafana/*", "agent/fleet/*.py"),
    *("daemonset/components/console-dashboards/*", "docs/runbooks/*.md"),
)
OVERLAYS = ("openshift", "kubernetes")


def _dropped(bundle: Bundle) -> str:
    (monitor,) = bundle.of("ServiceMonitor", "PodMonitor")
    (endpoint,) = endpoints(monitor)
    (rule,) = endpoint["metricRelabelings"]
    assert (rule["action"], rule["sourceLabels"]) == ("drop", ["__name__"])
    pattern: str = rule["regex"]
    return pattern


@pytest.fixture(params=OVERLAYS)
def pattern(request: pytest.FixtureRequest, bundles: Bundles) -> str:
    """Return the expression by which the overlay's monitor drops names."""
    return _dropped(bundles(Case(f"overlays/{request.param}", (FEWER_SERIES,))))


def _exported() -> Iterator[str]:
    look = Look(targets=("a", "b"), failing=frozenset({"b"}))
    yield from {name for name, _ in samples(look)}


def test_every_name_is_exported(pattern: str) -> None:
    """Nothing in it is misspelt, or of a former version."""
    names = [*_exported()]
    spelled = re.sub(r"(\w+)\(([^)]*)\)", _each, pattern).split("|")

    assert len(spelled) >= 6
    assert [one for one in spelled if one not in names] == []


def _each(match: re.Match[str]) -> str:
    return "|".join(f"{match[1]}{end}" for end in match[2].split("|"))


def test_nobody_reads_them(pattern: str) -> None:
    """Neither rules nor dashboards nor `fleet` nor runbooks name one."""
    name = re.compile(rf"\b({pattern})\b")
    files = [path for reader in READERS for path in TOP.glob(reader)]
    found = {path.name: name.findall(path.read_text("utf-8")) for path in files}

    assert len(files) > 30
    assert {path for path, names in found.items() if names} == set()


def test_the_documentation_drops_the_same(pattern: str) -> None:
    """For a Prometheus without an operator."""
    text = Path(TOP, "docs/scale.md").read_text(encoding="utf-8")

    assert re.findall(r"^ *regex: (sctp\S+)$", text, re.MULTILINE) == [pattern]
