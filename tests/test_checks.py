"""How checks are found and run: one that fails does not harm the others."""

import logging
from collections.abc import Callable

import pytest

from agent.checks import discover, evaluate_all
from agent.checks.subject import Check, Subject, passed
from agent.facts import NodeFacts
from agent.findings import Expectation, Finding, Reason, Status
from agent.outlook import look

SUBJECT = Subject(NodeFacts(), Expectation.REQUIRED, look(NodeFacts()))


def _good(_: Subject) -> Finding:
    return passed("good")


def _bad(_: Subject) -> Finding:
    raise ValueError("a defect")


def test_checks_are_found_by_being_there() -> None:
    """In the order of their names, each once."""
    names = [check.name for check in discover()]

    assert names == sorted(set(names))
    assert "subject" not in names


def test_crash_stays_in_its_check(caplog: pytest.LogCaptureFixture) -> None:
    """It is unknown, it is logged, and the next one is asked all the same."""
    checks = [Check("bad", "", "", _bad), Check("good", "", "", _good)]

    with caplog.at_level(logging.ERROR):
        bad, good = evaluate_all(checks, SUBJECT, run=lambda _, work: work())

    assert (bad.name, bad.finding.status) == ("bad", Status.UNKNOWN)
    assert bad.finding.reason == Reason.CHECK_CRASHED
    assert "a defect" in bad.finding.message
    assert bad.finding.remedy
    assert good.finding == passed("good")
    assert [record.getMessage() for record in caplog.records] == ["check crashed"]
    assert caplog.records[0].exc_info


def test_late_check_is_unknown() -> None:
    """A check that does not come back is a timeout, and the next one is asked."""
    asked = []

    def run(name: str, work: Callable[[], Finding]) -> Finding | None:
        asked.append(name)
        return None if name == "late" else work()

    checks = [Check("late", "", "", _good), Check("good", "", "", _good)]
    late, good = evaluate_all(checks, SUBJECT, run=run)

    assert asked == ["late", "good"]
    assert (late.finding.status, late.finding.reason) == (
        Status.UNKNOWN,
        Reason.FACT_TIMEOUT,
    )
    assert good.finding.status == Status.PASS


@pytest.mark.parametrize("check", discover(), ids=lambda check: check.name)
@pytest.mark.parametrize("expectation", Expectation)
def test_nothing_known_is_never_good_news(
    check: Check, expectation: Expectation
) -> None:
    """On a node of which nothing was read, no check crashes and none fails."""
    subject = Subject(NodeFacts(), expectation, look(NodeFacts()))

    assert check.evaluate(subject).status != Status.FAIL
