"""Visits: a thread each, given up at the deadline, never two at one place."""

import threading

import pytest

from agent.probe.visitor import Visitor

PATIENT = 30.0


def nowhere() -> None:
    """Enter no namespace."""


def test_visit_returns_what_the_work_returned_in_another_thread() -> None:
    """Entering and working happen in one new thread, which then ends."""
    entered: list[threading.Thread] = []

    def enter() -> None:
        entered.append(threading.current_thread())

    worker = Visitor(deadline=PATIENT).visit("pod", enter, threading.current_thread)

    assert worker is entered[0]
    assert worker is not threading.current_thread()
    assert not worker.is_alive()


def test_each_visit_has_a_thread_of_its_own() -> None:
    """A thread that has been in a namespace is never used again."""
    visitor = Visitor(deadline=PATIENT)

    threads = [
        visitor.visit("pod", nowhere, threading.current_thread) for _ in range(3)
    ]

    assert len(set(map(id, threads))) == 3


@pytest.mark.parametrize("error", [PermissionError(1, "no"), ImportError("no")])
def test_errors_of_entering_reach_the_caller(error: Exception) -> None:
    """What stops a visit is raised to whoever asked, and no work is done."""
    worked: list[bool] = []

    def enter() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        Visitor(deadline=PATIENT).visit("pod", enter, lambda: worked.append(True))

    assert raised.value is error
    assert worked == []


def test_stuck_visit_is_given_up_and_blocks_only_its_own_place() -> None:
    """While a visit is stuck none follows it there; afterwards they do again."""
    visitor = Visitor(deadline=0.1)
    freed = threading.Event()
    entries: list[str] = []

    def stick() -> None:
        entries.append("stuck")
        freed.wait(PATIENT)

    base = threading.active_count()
    with pytest.raises(TimeoutError):
        visitor.visit("host", stick, nowhere)
    with pytest.raises(TimeoutError):
        visitor.visit("host", stick, nowhere)
    assert entries == ["stuck"]
    assert threading.active_count() == base + 1
    stuck = next(one for one in threading.enumerate() if one.name == "netns-host")
    assert stuck.daemon  # else it would hold up the end of the process

    assert visitor.visit("pod", nowhere, lambda: "elsewhere") == "elsewhere"
    freed.set()
    stuck.join(PATIENT)
    assert visitor.visit("host", nowhere, lambda: "again") == "again"
    assert threading.active_count() == base
