"""Work that may hang: its thread, its deadline, and what comes after."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.threads import (
    Bounded,
    NoThreadError,
    Overdue,
    in_thread,
    read_within,
    start,
)
from tests.http.loopback import bounded
from tests.threadless import no_threads

SOON = 0.02  # seconds that work which hangs is waited for
LATE = 30.0  # seconds within which anything else is done


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Return what hanging work waits for; set at the latest when the test ends."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture(name="no_threads")
def _no_threads() -> Iterator[None]:
    """Let the system refuse every new thread."""
    with no_threads():
        yield


def _named(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == name]


def _until_none_is_left(name: str) -> None:
    for thread in _named(name):
        thread.join(LATE)
    assert _named(name) == []


def test_each_piece_of_work_has_a_thread_of_its_own() -> None:
    """One that has been in a namespace is never used again, nor waited for at exit."""
    threads = [start("piece", threading.current_thread).result(LATE) for _ in range(3)]

    assert len({id(thread) for thread in threads}) == 3
    assert all(thread.daemon for thread in threads)
    assert threading.current_thread() not in threads
    _until_none_is_left("piece")


@pytest.mark.parametrize(
    "error", [ValueError("bad"), TimeoutError("its own"), KeyboardInterrupt()]
)
def test_errors_are_raised_where_the_work_was_asked_for(error: BaseException) -> None:
    """An error of the work does not get lost, and the next piece is done."""

    def fail() -> None:
        raise error

    work = Bounded()

    with pytest.raises(type(error)) as raised:
        work.run("part", fail, deadline=LATE)
    assert raised.value is error
    assert work.run("part", lambda: 1, deadline=LATE) == 1


def test_hanging_work_is_left_behind_and_not_started_again(
    release: threading.Event,
) -> None:
    """One lost thread for each name, others go on, and it recovers by itself."""
    work = Bounded()
    calls = []

    def hang() -> str:
        calls.append("hang")
        release.wait(LATE)
        return "done"

    assert work.run("slow", hang, deadline=SOON) == Overdue(again=False)
    for _ in range(3):
        assert work.run("slow", hang, deadline=SOON) == Overdue(again=True)
        assert work.run("quick", lambda: "done", deadline=LATE) == "done"
    assert calls == ["hang"]
    assert len(_named("slow")) == 1

    release.set()
    _until_none_is_left("slow")

    assert work.run("slow", hang, deadline=LATE) == "done"
    assert calls == ["hang", "hang"]
    _until_none_is_left("slow")


@pytest.mark.usefixtures("no_threads")
def test_no_thread_is_an_error_of_the_work() -> None:
    """It is raised where a result is waited for, and nothing is taken for stuck."""
    work = Bounded()

    for _ in range(2):
        with pytest.raises(NoThreadError, match="no thread"):
            work.run("part", lambda: 1, deadline=LATE)


@pytest.mark.usefixtures("no_threads")
def test_no_thread_is_an_error_on_the_loop_too() -> None:
    """A coroutine that waits is told, not left waiting."""

    async def scenario() -> None:
        with pytest.raises(NoThreadError, match="no thread"):
            await in_thread(lambda: 1)

    bounded(scenario())


def test_result_and_error_on_the_loop() -> None:
    """What the call returns or raises comes out where it is awaited."""

    async def scenario() -> str:
        with pytest.raises(ZeroDivisionError):
            await in_thread(lambda: str(1 / 0))
        return await in_thread(lambda: "done")

    assert bounded(scenario()) == "done"


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_cancelled(ends: str, caplog: pytest.LogCaptureFixture) -> None:
    """A call that nobody waits for any more ends without a word."""
    gate = threading.Event()

    def work() -> None:
        gate.wait()
        if ends == "badly":
            raise RuntimeError("too late")

    async def scenario() -> None:
        before = threading.active_count()
        waiting = in_thread(work)
        waiting.cancel()
        gate.set()
        while threading.active_count() > before:  # no event
            time.sleep(0.001)  # noqa: ASYNC251  # the loop must not run meanwhile
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    with caplog.at_level(logging.WARNING):
        bounded(scenario())

    assert caplog.records == []


def test_result_after_the_loop_has_ended() -> None:
    """Whoever is late finds nobody, and raises nothing."""
    gate = threading.Event()

    async def scenario() -> None:
        in_thread(lambda: gate.wait(LATE))

    bounded(scenario())
    gate.set()
    _until_none_is_left("work")


def test_file_is_read(tmp_path: Path) -> None:
    """As much of it as is asked for; what is wrong with it is said as ever."""
    path = tmp_path / "file"
    path.write_bytes(b"content")
    assert read_within(str(path), 4, deadline=LATE) == b"cont"
    with pytest.raises(FileNotFoundError):
        read_within(str(tmp_path / "none"), 4, deadline=LATE)


def test_pipe_into_which_nobody_writes(tmp_path: Path) -> None:
    """It is given up; one that somebody fills is read."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(TimeoutError, match="nothing came"):
        read_within(str(path), 4, deadline=SOON)
    os.close(os.open(path, os.O_RDWR))  # so that who waits for it goes

    filled = tmp_path / "filled"
    os.mkfifo(filled)
    end = os.open(filled, os.O_RDWR)
    os.write(end, b"content")
    assert read_within(str(filled), 4, deadline=LATE) == b"cont"
    os.close(end)
