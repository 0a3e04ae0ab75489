"""Workloads by name, in bounded memory."""

from dataclasses import replace

import pytest

from agent.findings import (
    CheckResult,
    Expectation,
    Finding,
    Reason,
    Report,
    State,
    Status,
)
from agent.report.requests import RequestRow
from agent.requests.record import MOST_OTHERS, Outcome, Record
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.series import MOST_PODS
from tests.reports import SAMPLE, STARTING
from tests.requests.sample import HOST, POD, attempt

_DENIED, _LOADED = Outcome.DENIED, Outcome.IN_KERNEL


def _pod(number: int) -> Owner:
    return Owner(OwnerKind.POD, f"u{number}", "core", f"p{number}")


@pytest.mark.parametrize(
    ("owner", "title", "series"),
    [
        pytest.param(POD, "core/amf-0", ("core", "amf-0"), id="pod"),
        pytest.param(
            *(Owner(OwnerKind.POD, "u"), "pod u", ("", "(others)")),
            id="pod without a name",
        ),
        pytest.param(HOST, "sshd.service", ("", "(host)"), id="unit"),
        pytest.param(
            Owner(OwnerKind.HOST, command="amf"),
            "amf on the host",
            ("", "(host)"),
            id="command of the host",
        ),
        pytest.param(
            Owner(command="amf"),
            "amf, whose is not known",
            ("", "(unknown)"),
            id="ended",
        ),
        pytest.param(
            Owner(),
            "a process, whose is not known",
            ("", "(unknown)"),
            id="ended without a trace",
        ),
    ],
)
def test_workload(owner: Owner, title: str, series: tuple[str, str]) -> None:
    """It has a row, and a series where it is a pod by name."""
    record = Record()
    first = record.note(attempt(owner), _DENIED, 10.0)
    again = record.note(attempt(owner), _DENIED, 20.0)
    (row,) = record.summary().rows

    assert first
    assert first.title == row.title == title
    assert again is None
    assert (row.requests, row.denied, row.first, row.last_denied) == (2, 2, 10.0, 20.0)
    assert row.sockets == ("ipv4 one-to-one",)
    assert {s: (c.requests, c.denied) for s, c in record.counts().items()} == {
        series: (2, 2)
    }


@pytest.mark.parametrize("outcome", [_LOADED, Outcome.UNKNOWN])
def test_not_denied(outcome: Outcome) -> None:
    """It is counted, and told when it is denied later."""
    record = Record()

    assert record.note(attempt(), outcome, 10.0) is None
    assert record.summary().rows[0].last_denied is None
    assert record.note(attempt(), _DENIED, 20.0)
    assert (record.summary().requests, record.summary().denied) == (2, 1)


def test_last_denied_is_first() -> None:
    """Whoever reads the page looks for what has just happened."""
    record = Record()
    for number in range(3):
        record.note(attempt(_pod(number)), _DENIED, number)
    record.note(attempt(_pod(0)), _LOADED, 9.0)

    assert [row.owner.pod_name for row in record.summary().rows] == ["p2", "p1", "p0"]


def test_storm_of_workloads() -> None:
    """64 have names; the others are counted by kind."""
    record = Record()
    told = [record.note(attempt(_pod(n)), _DENIED, n / 1000) for n in range(1000)]
    shown = record.summary()

    assert sum(row is not None for row in told) == len(shown.rows) == MOST_PODS
    assert shown.unnamed == 1000 - MOST_PODS
    assert len(record.counts()) == MOST_PODS + 1
    assert record.counts()["", "(others)"].denied == 1000 - MOST_PODS
    assert shown.requests == sum(c.requests for c in record.counts().values())


def test_idle_workloads_make_room() -> None:
    """After an hour, the one that was seen longest ago first."""
    record = Record()
    record.note(attempt(HOST), _DENIED, 0.0)
    for number in range(MOST_PODS):
        record.note(attempt(_pod(number)), _DENIED, number)
    record.note(attempt(_pod(100)), _DENIED, 3600.0)
    record.note(attempt(_pod(101)), _DENIED, 3601.0)
    record.note(attempt(_pod(102)), _DENIED, 3601.0)
    names = {row.owner.pod_name for row in record.summary().rows}

    assert {"p100", "p101"} <= names
    assert not {"p0", "p1", "p102"} & names
    assert ("core", "p1") not in record.counts()
    assert ("", "(host)") in record.counts()


def test_processes_push_out_no_pod() -> None:
    """Whoever calls his processes by ever new names is counted as one after 16."""
    record = Record()
    for number in range(100):
        record.note(attempt(Owner(command=f"storm {number}")), _DENIED, 1.0)
    record.note(attempt(Owner(OwnerKind.HOST, command="late")), _DENIED, 3601.0)
    record.note(attempt(), _DENIED, 3601.0)
    titles = [row.title for row in record.summary().rows]

    assert titles[:2] == ["late on the host", "core/amf-0"]
    assert len(titles) == MOST_OTHERS + 1
    assert record.summary().unnamed == 100 - MOST_OTHERS
    assert record.counts()["", "(unknown)"].denied == 100


def _with_check(reason: Reason, status: Status = Status.PASS) -> CheckResult:
    return CheckResult("kmod_blacklist", Finding(status, reason, "text"))


_FORBIDDEN = replace(
    SAMPLE,
    expectation=Expectation.FORBIDDEN,
    verdict=replace(SAMPLE.verdict, reason=Reason.AS_EXPECTED),
    checks=(
        _with_check(Reason.AS_EXPECTED),
        _with_check(Reason.INSTALL_OVERRIDE),
        _with_check(Reason.BLACKLISTED),
    ),
)
_LOADABLE = replace(SAMPLE, verdict=replace(SAMPLE.verdict, state=State.ON_DEMAND))


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        pytest.param(SAMPLE, "Blacklisted", id="the verdict's"),
        pytest.param(_FORBIDDEN, "Blacklisted", id="where it is as it should be"),
        pytest.param(replace(_FORBIDDEN, checks=()), "", id="nothing found"),
        pytest.param(_LOADABLE, "", id="the report knows of nothing"),
        pytest.param(STARTING, "", id="no report yet"),
    ],
)
def test_reason(report: Report, reason: str) -> None:
    """It is that of the report, at once or with the next one."""
    before, after = Record(), Record()
    before.hear(report)
    before.note(attempt(), _DENIED, 10.0)
    after.note(attempt(), _DENIED, 10.0)
    after.note(attempt(HOST), _LOADED, 10.0)
    after.hear(report)

    rows: list[RequestRow] = [*before.summary().rows, *after.summary().rows]
    assert [row.reason for row in rows] == [reason, reason, ""]
    assert after.counts()["core", "amf-0"].reason == reason


def test_reason_that_was_known_stays() -> None:
    """What denies SCTP later is not why it was denied."""
    record = Record()
    record.note(attempt(refused=True), _DENIED, 10.0)
    record.hear(SAMPLE)

    assert record.summary().rows[0].reason == "SELinuxDeniesLoad"
