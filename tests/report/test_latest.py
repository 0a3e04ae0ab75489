"""Publishing reports, and what changes from one to the next."""

from dataclasses import replace

from agent.findings import CheckResult, Finding, Reason, Status, Verdict
from agent.report.latest import LatestReport, Since, Transition, transitions
from tests.reports import SAMPLE, STARTING


def test_first_report() -> None:
    """The first report changes nothing: before it, nothing was known."""
    board = LatestReport(STARTING)

    before = board.ready
    changes = board.publish(SAMPLE)

    assert (before, board.ready) == (False, True)
    assert changes == ()
    assert board.report is SAMPLE


def test_transitions() -> None:
    """Answers that differ are named with the reason of the new one, others not."""
    before, *others = SAMPLE.checks
    fine = Finding(Status.PASS, Reason.AS_EXPECTED, "no file denies sctp")
    later = replace(
        SAMPLE,
        time=7.0,
        verdict=replace(SAMPLE.verdict, reason=Reason.NOT_IN_KERNEL, message="why"),
        checks=(
            replace(before, finding=fine),
            *others,
            CheckResult("new_check", fine),
        ),
    )

    assert transitions(SAMPLE, later) == (
        Transition(7.0, "reason", "Blacklisted", "NotInKernel", "why"),
        Transition(7.0, "check kmod_blacklist", "fail", "pass", "no file denies sctp"),
        Transition(7.0, "check new_check", "", "pass", "no file denies sctp"),
    )
    assert transitions(SAMPLE, SAMPLE) == ()


def test_since_when() -> None:
    """A verdict is as it is since it was seen to change; a check alone is none."""
    board = LatestReport(STARTING)
    before = board.since
    board.publish(replace(SAMPLE, time=5.0))
    board.publish(replace(SAMPLE, time=6.0, checks=()))
    found = board.since
    board.publish(replace(STARTING, time=7.0))
    board.publish(replace(STARTING, time=8.0))

    assert before is None
    assert found == Since(5.0, seen=False)
    assert board.since == Since(7.0, seen=True)


def test_history() -> None:
    """The latest transitions are remembered, the newest first, not for ever."""
    board = LatestReport(STARTING)
    board.publish(STARTING)
    for number in range(100):
        reason = (Reason.BLACKLISTED, Reason.NOT_IN_KERNEL)[number % 2]
        verdict = Verdict(reason=reason)
        board.publish(replace(STARTING, time=float(number), verdict=verdict))

    assert [float(n) for n in range(99, 49, -1)] == [c.time for c in board.history]
