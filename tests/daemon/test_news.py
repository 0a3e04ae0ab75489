"""Whoever waits for news at the daemon's port hears of what the daemon hears of."""

import asyncio
import os
import signal
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest

from agent.daemon import process
from agent.findings import Reason, Report
from agent.report.metric_families import Metric
from agent.report.requests import Requests
from tests.reports import SAMPLE, STARTING

_CHANGED = replace(
    SAMPLE, verdict=replace(SAMPLE.verdict, reason=Reason.SOCKET_TIMEOUT)
)


@dataclass
class _Watch:
    """A watch that has news when it is told to."""

    announce: Callable[[], None] | None = None

    async def run(self) -> None:
        await asyncio.Event().wait()

    def families(self) -> Iterable[Metric]:
        return ()

    def heed(self, announce: Callable[[], None]) -> None:
        self.announce = announce

    def summary(self) -> Requests:
        return Requests("", None, 0, 0, 0, 0, ())


@pytest.mark.parametrize("who", ["a report", "the watch of requests"])
def test_news(who: str) -> None:
    """A report with another answer is news, and so is what the watch calls that."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        where = f"127.0.0.1:{free.getsockname()[1]}"
    watch, turns, told = _Watch(), list[int](), list[str]()

    def ask(tag: str = "") -> str:
        headers = {"If-None-Match": f'"{tag}"'} if tag else {}
        request = urllib.request.Request(f"http://{where}/news", headers=headers)
        with urllib.request.urlopen(request) as response:  # noqa: S310  # ours
            assert response.headers["ETag"]
            return str(response.read().decode().strip())

    def wait() -> None:
        try:
            told.append(ask(told[0]))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    waiting = threading.Thread(target=wait)

    def evaluate() -> Report:
        turns.append(1)
        if len(turns) == 1:
            os.kill(os.getpid(), signal.SIGHUP)
            return SAMPLE
        told.append(ask())
        waiting.start()
        if who == "a report":
            return _CHANGED
        assert watch.announce
        watch.announce()
        return SAMPLE

    code = process.run(
        evaluate,
        initial=STARTING,
        interval=900.0,
        serving=process.Serving(listen=[where]),
        report_as_dict=lambda _: {},
        watch=watch,
    )
    waiting.join(60)

    assert (code, len(turns), len(told)) == (0, 2, 2)
    assert told[0] != told[1]
