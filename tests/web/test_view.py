"""What the page shows: moods, order, and what happened together."""

from dataclasses import replace

import pytest

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Finding,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
    Verdict,
)
from agent.report.latest import LatestReport, Transition
from agent.web.events import Change, Event, events
from agent.web.matrix import matrix
from agent.web.view import View, view
from tests.reports import SAMPLE, STARTING

REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE
READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
TRUE, FALSE = Compliance.TRUE, Compliance.FALSE


def _view(report: Report) -> View:
    board = LatestReport(STARTING)
    board.publish(report)
    return view(board, patience=60.0, paths=())


@pytest.mark.parametrize(
    ("expectation", "now", "later", "compliant", "moods"),
    [
        pytest.param(REQUIRED, READY, ON_DEMAND, TRUE, "good good good", id="works"),
        pytest.param(
            *(REQUIRED, READY, UNAVAILABLE, FALSE), "good bad bad", id="will not work"
        ),
        pytest.param(
            *(REQUIRED, READY, UNKNOWN, Compliance.UNKNOWN),
            "good unsure unsure",
            id="may not work",
        ),
        pytest.param(
            FORBIDDEN, READY, UNAVAILABLE, FALSE, "bad good bad", id="works though shut"
        ),
        pytest.param(
            FORBIDDEN, UNAVAILABLE, UNAVAILABLE, TRUE, "good good good", id="shut out"
        ),
        pytest.param(
            OBSERVE, READY, UNAVAILABLE, TRUE, "plain plain plain", id="only observed"
        ),
        pytest.param(
            OBSERVE, UNKNOWN, READY, TRUE, "unsure plain plain", id="observed, unknown"
        ),
    ],
)
def test_moods(
    expectation: Expectation,
    now: State,
    later: State,
    compliant: Compliance,
    moods: str,
) -> None:
    """Whether an answer is good or bad depends on what is intended."""
    verdict = Verdict(now, later, compliant, Reason.AS_EXPECTED, "")
    shown = _view(replace(SAMPLE, expectation=expectation, verdict=verdict))

    assert moods == " ".join(answer.mood for answer in shown.answers)
    assert shown.mood == shown.answers[2].mood


def test_order() -> None:
    """What needs somebody comes first: failures, what is unknown, warnings."""
    checks = tuple(
        CheckResult(status.value, Finding(status, Reason.AS_EXPECTED, ""))
        for status in Status
    )
    shown = _view(replace(SAMPLE, checks=checks))

    assert [check.name for check in shown.urgent] == ["fail", "unknown", "warn"]
    assert [check.name for check in shown.passed] == ["pass"]
    assert [check.name for check in shown.skipped] == ["skip"]
    assert dict(shown.counts) == dict.fromkeys(Status, 1)


def test_events() -> None:
    """Changes of one moment for one cause are one event, the verdict first."""
    history = (
        Transition(2.0, "check kmod_install", "", "pass", "fine"),
        Transition(1.0, "check kmod_blacklist", "pass", "fail", "denied"),
        Transition(1.0, "check modules_load", "pass", "fail", "other"),
        Transition(1.0, "state", "ready", "unavailable", "denied"),
    )

    assert events(history) == (
        Event(2.0, "fine", (Change("check kmod_install", "", "pass"),)),
        Event(
            1.0,
            "denied",
            (
                Change("now", "ready", "unavailable"),
                Change("check kmod_blacklist", "pass", "fail"),
            ),
        ),
        Event(1.0, "other", (Change("check modules_load", "pass", "fail"),)),
    )


def test_matrix() -> None:
    """A probe stands in the row of its namespace, in the column of its kind."""
    works = SocketResult("host", "ipv6", "one-to-one", success=True, stage="done")
    fails = replace(works, netns="agent", family="ipv4", success=False)
    laid_out = matrix((works, fails))

    assert [row.cells for row in laid_out.rows] == [
        (fails, None, None, None),
        (None, None, works, None),
    ]
    assert laid_out.troubles == (fails,)
