"""The report for people: its headline for every verdict, and how it is written."""

import io
import re
from dataclasses import replace
from itertools import product

import pytest

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Finding,
    Origin,
    Reason,
    State,
    Status,
    Verdict,
)
from agent.report.headline import headline
from agent.terminal.text import write_report
from tests.reports import SAMPLE
from tests.terminal.test_progress import Terminal

_CHECKS = "https://github.com/sctp-node-agent/sctp-node-agent/blob/main/docs/checks.md"

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN

HEADLINES = {
    (True, True): "SCTP works and will after a reboot",
    (True, False): "SCTP works now but will not after a reboot",
    (True, None): "whether SCTP works after a reboot is not known",
    (False, True): "SCTP does not work now but will after a reboot",
    (False, False): "SCTP does not work now and will not after a reboot",
    (False, None): "SCTP does not work now and may not after a reboot",
    (None, True): "whether SCTP works now is not known",
    (
        None,
        False,
    ): "SCTP will not work after a reboot; whether it does now is not known",
    (None, None): "whether SCTP works now is not known",
}
PREDICTED = "SCTP can be used, the first socket will load it; also after a reboot"
WORKS = {READY: True, ON_DEMAND: True, UNAVAILABLE: False, UNKNOWN: None}


@pytest.mark.parametrize(("now", "later"), list(product(State, repeat=2)))
def test_headline(now: State, later: State) -> None:
    """Every pair of states in one true sentence."""
    report = replace(SAMPLE, verdict=Verdict(now, later, Compliance.UNKNOWN))
    expected = HEADLINES[WORKS[now], WORKS[later]]
    if now == ON_DEMAND and WORKS[later]:
        expected = PREDICTED  # nobody has seen it work

    assert headline(report) == expected


@pytest.mark.parametrize("compliant", Compliance)
def test_headline_where_forbidden(compliant: Compliance) -> None:
    """There the sentence is about the ban."""
    verdict = Verdict(UNAVAILABLE, UNAVAILABLE, compliant)
    report = replace(SAMPLE, verdict=verdict, expectation=Expectation.FORBIDDEN)

    assert (
        headline(report)
        == {
            Compliance.TRUE: "SCTP is shut out, as intended",
            Compliance.FALSE: "SCTP is available although it is forbidden",
            Compliance.UNKNOWN: "whether SCTP is shut out is not known",
        }[compliant]
    )


def test_checks_in_order_with_what_matters() -> None:
    """What fails comes first, with evidence and remedy; what passes is one line."""
    evidence = (Origin("/x", 1, "line"), Origin("/y"))
    checks = tuple(
        CheckResult(
            f"check_{status.value}",
            Finding(status, Reason.AS_EXPECTED, "message", evidence, "do this"),
        )
        for status in Status
    )
    stream = io.StringIO()

    write_report(replace(SAMPLE, checks=checks), stream)

    shown = stream.getvalue()
    names = [line.split()[1] for line in shown.splitlines() if " check_" in line]
    order = ("fail", "unknown", "warn", "pass", "skip")
    assert names == [f"check_{status}" for status in order]
    assert shown.count("/x:1: line") == shown.count("/y\n") == 3
    assert shown.count("remedy: do this") == 3
    assert not any(line.endswith(" ") for line in shown.splitlines())


@pytest.mark.parametrize(
    ("terminal", "name", "linked"),
    [
        pytest.param(True, "xterm-256color", True, id="terminal"),
        pytest.param(True, "linux", False, id="the kernel's own terminal"),
        pytest.param(True, "dumb", False, id="dumb terminal"),
        pytest.param(False, "xterm-256color", False, id="file"),
    ],
)
def test_links(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, name: str, linked: bool
) -> None:
    """Checks and reasons lead to their documentation, where one can click."""
    monkeypatch.setenv("TERM", name)
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal() if terminal else io.StringIO()

    write_report(SAMPLE, stream)

    links = set(re.findall(r"\x1b]8;;(\S+?)\x1b", stream.getvalue()))
    names = {check.name for check in SAMPLE.checks} | {"blacklisted"}
    assert links == ({f"{_CHECKS}#{name}" for name in names} if linked else set())


def test_where_the_node_is() -> None:
    """Pool and cluster are said where they are known."""
    stream, nowhere = io.StringIO(), io.StringIO()

    write_report(replace(SAMPLE, pool="amf", cluster="e\x1bast"), stream)
    write_report(SAMPLE, nowhere)

    assert "pool            amf\ncluster         e\\x1bast\n" in stream.getvalue()
    assert "pool  " not in nowhere.getvalue()


def test_what_was_written_last() -> None:
    """The youngest file is often the answer to: what has changed?"""
    changed = {"path": "/etc/modprobe.d/CIS\x1b.conf", "time": 1_789_999_000.0}
    stream = io.StringIO()

    write_report(replace(SAMPLE, facts={"last_change": changed}), stream)

    line = "written last    /etc/modprobe.d/CIS\\x1b.conf, 2026-09-21T13:56:40Z\n"
    assert line in stream.getvalue()


def test_finding_without_a_remedy() -> None:
    """Nothing is written where there is nothing to say."""
    finding = Finding(Status.UNKNOWN, Reason.CHECK_CRASHED, "message")
    stream = io.StringIO()

    checks = (CheckResult("check", finding),)
    write_report(replace(SAMPLE, checks=checks, workloads=None), stream)

    assert stream.getvalue().endswith("unknown  check  message\n")


def test_verdict_without_a_remedy() -> None:
    """Where nothing is to be done the line is left out."""
    verdict = Verdict(READY, READY, Compliance.TRUE, message="as it should be")
    stream = io.StringIO()

    report = replace(SAMPLE, verdict=verdict, checks=(), workloads=None)
    write_report(report, stream)

    lines = [line.split()[0] for line in stream.getvalue().splitlines() if line]
    assert lines[-2:] == ["reason", "system"]
