"""A blocking call in a thread: its result, its error, and nobody waiting."""

import asyncio
import logging
import threading
import time

import pytest

from agent.worker import in_thread
from tests.http.loopback import bounded


def test_result_and_error() -> None:
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
