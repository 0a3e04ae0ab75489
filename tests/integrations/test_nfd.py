"""The feature file, read as Node Feature Discovery's documentation says it reads."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import yaml

from agent.cli import main
from agent.findings import Compliance, Reason, Report, State, Verdict
from agent.report.nfd import PREFIX, feature_file, labels
from tests.manifests.cases import DAEMONSET
from tests.nodes import MakeNode
from tests.reports import SAMPLE, STARTING

_PAGE = (DAEMONSET.parent / "docs" / "integrations" / "nfd.md").read_text()
#: A label's value, as Kubernetes takes it.
_VALUE = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_TIME = datetime.fromisoformat("2026-09-21T14:15:00+00:00")


def _read(text: str, now: datetime) -> dict[str, str]:
    """Return the labels that the detector makes of a file at the time *now*."""
    found, expiry = {}, now
    for line in text.split("\n"):
        if line.startswith("# +"):
            key, _, value = line.removeprefix("# +").partition("=")
            assert key == "expiry-time", "else the detector logs an error"
            expiry = datetime.fromisoformat(value)
        elif line and not line.startswith("#") and expiry >= now:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def _each_verdict() -> Iterator[Report]:
    for state in State:
        for compliant in Compliance:
            verdict = Verdict(state, state, compliant)
            yield replace(SAMPLE, verdict=verdict)
    for reason in Reason:
        verdict = replace(SAMPLE.verdict, reason=reason)
        yield replace(SAMPLE, verdict=verdict)


def test_labels() -> None:
    """What pods select by."""
    text = feature_file(replace(SAMPLE, time=_TIME.timestamp()), 300)

    assert _read(text, _TIME + timedelta(seconds=299)) == {
        f"{PREFIX}usable": "false",
        f"{PREFIX}state": "unavailable",
        f"{PREFIX}boot-state": "on_demand",
        f"{PREFIX}compliant": "false",
        f"{PREFIX}reason": "Blacklisted",
    }
    assert _read(text, _TIME + timedelta(seconds=301)) == {}


def test_every_label_is_a_label() -> None:
    """Each value is one that Kubernetes takes, and the file is small enough."""
    for report in _each_verdict():
        assert all(_VALUE.fullmatch(value) for value in labels(report).values())
        assert len(feature_file(report, 300)) < 65_536


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        (State.READY, "true"),
        (State.ON_DEMAND, "true"),
        (State.UNAVAILABLE, "false"),
        (State.UNKNOWN, "unknown"),
    ],
)
def test_usable(state: State, usable: str) -> None:
    """One label for what a pod wants to know."""
    verdict = replace(SAMPLE.verdict, state=state)
    assert labels(replace(SAMPLE, verdict=verdict))[f"{PREFIX}usable"] == usable


def test_check(make_node: MakeNode, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints such a file, good for an hour."""
    node = make_node()
    assert main.main(["check", f"--root={node.root}", "--offline", "--output=nfd"]) == 0
    text = capsys.readouterr().out
    now = datetime.now(_TIME.tzinfo)
    assert _read(text, now)[f"{PREFIX}usable"] == "true"
    assert _read(text, now + timedelta(seconds=3700)) == {}


def test_documented() -> None:
    """The page names every label, and its examples select by these."""
    blocks = re.findall(r"```yaml\n(spec:.*?)```", _PAGE, re.DOTALL)
    simple, affinity = (yaml.safe_load(block)["spec"] for block in blocks)
    known = labels(STARTING)

    assert all(f"`{name}`" in _PAGE for name in known)
    assert simple["nodeSelector"].keys() <= known.keys()
    assert set(re.findall(r"key: (\S+)", blocks[1])) <= known.keys()
    assert affinity.keys() == {"affinity"}
