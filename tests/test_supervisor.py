"""Work that may hang: its deadline, its thread, and what comes after."""

import threading
import time
from collections.abc import Iterator

import pytest

from agent.supervisor import Overdue, Supervisor

SOON = 0.02  # seconds that work which hangs is waited for
LATE = 30.0  # seconds within which anything else is done


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Return what hanging work waits for; set at the latest when the test ends."""
    event = threading.Event()
    yield event
    event.set()


Threads = set[threading.Thread]


def _workers() -> Threads:
    return {t for t in threading.enumerate() if t.name == "work" and t.is_alive()}


def _until_new_workers_are(count: int, before: Threads) -> None:
    until = time.monotonic() + LATE
    while len(_workers() - before) != count and time.monotonic() < until:
        time.sleep(0.001)
    assert len(_workers() - before) == count


def test_work_is_done_in_one_thread() -> None:
    """What returns in time shares a thread, which ends when told to."""
    before = _workers()
    supervisor = Supervisor()

    threads = {
        supervisor.run(name, threading.get_ident, deadline=LATE) for name in "abc"
    }

    assert len(threads) == 1
    assert threading.get_ident() not in threads
    supervisor.close()
    supervisor.close()
    _until_new_workers_are(0, before)


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt()])
def test_errors_are_raised_where_the_work_was_asked_for(error: BaseException) -> None:
    """An error of the work neither gets lost nor ends the thread."""

    def fail() -> None:
        raise error

    supervisor = Supervisor()

    with pytest.raises(type(error)) as raised:
        supervisor.run("part", fail, deadline=LATE)
    assert raised.value is error
    assert supervisor.run("part", lambda: 1, deadline=LATE) == 1
    supervisor.close()


def test_hanging_work_is_left_behind_and_not_started_again(
    release: threading.Event,
) -> None:
    """One lost thread for each name, others go on, and it recovers by itself."""
    before = _workers()
    supervisor = Supervisor()
    calls = []

    def hang() -> str:
        calls.append("hang")
        release.wait(LATE)
        return "done"

    assert supervisor.run("slow", hang, deadline=SOON) == Overdue(again=False)
    for _ in range(3):
        assert supervisor.run("slow", hang, deadline=SOON) == Overdue(again=True)
        assert supervisor.run("quick", lambda: "done", deadline=LATE) == "done"
    assert calls == ["hang"]
    assert len(_workers() - before) == 2

    release.set()
    _until_new_workers_are(1, before)

    assert supervisor.run("slow", hang, deadline=LATE) == "done"
    assert calls == ["hang", "hang"]
    supervisor.close()
    _until_new_workers_are(0, before)
