"""How checks are found and run: one that fails does not harm the others."""

import logging

import pytest

from agent.checks import discover
from agent.checks.context import Check, CheckContext, passed
from agent.evaluation.checking import evaluate_all
from agent.findings import Expectation, Finding, Reason, Status
from agent.loading.assessment import Assessment
from agent.verdict.states import look

CONTEXT = CheckContext(Assessment(), Expectation.REQUIRED, look(Assessment()))


def _good(_: CheckContext) -> Finding:
    return passed("good")


def _bad(_: CheckContext) -> Finding:
    raise ValueError("a defect")


def test_checks_are_found_by_being_there() -> None:
    """In the order of their names, each once."""
    names = [check.name for check in discover()]

    assert names == sorted(set(names))
    assert "context" not in names


def test_crash_stays_in_its_check(caplog: pytest.LogCaptureFixture) -> None:
    """It is unknown, it is logged, and the next one is asked all the same."""
    checks = [Check("bad", "", "", _bad), Check("good", "", "", _good)]

    with caplog.at_level(logging.ERROR):
        bad, good = evaluate_all(checks, CONTEXT)

    assert (bad.name, bad.finding.status) == ("bad", Status.UNKNOWN)
    assert bad.finding.reason == Reason.CHECK_CRASHED
    assert "a defect" in bad.finding.message
    assert bad.finding.remedy
    assert good.finding == passed("good")
    assert [record.getMessage() for record in caplog.records] == ["check crashed"]
    assert caplog.records[0].exc_info


@pytest.mark.parametrize("check", discover(), ids=lambda check: check.name)
@pytest.mark.parametrize("expectation", Expectation)
def test_nothing_known_is_never_good_news(
    check: Check, expectation: Expectation
) -> None:
    """On a node of which nothing was read, no check crashes and none fails."""
    context = CheckContext(Assessment(), expectation, look(Assessment()))

    assert check.evaluate(context).status != Status.FAIL
