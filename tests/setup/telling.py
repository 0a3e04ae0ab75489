"""A plug-in of pytest: tells the one who started it how far the run is.

Each event is one line of JSON, written to the descriptor that the environment names.
"""

import json
import os
from typing import Any

import pytest

DESCRIPTOR = "SCTP_TESTS_TELL"


class Teller:
    """Writes the events of one run of pytest."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell how many tests there will be."""
        self._tell(tests=len(session.items))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell which test is on its way."""
        self._tell(start=nodeid)

    def pytest_runtest_logfinish(self) -> None:
        """Tell that a test is done, however it ended."""
        self._tell(done=1)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell what failed, at once."""
        if report.failed:
            part = "" if report.when == "call" else f" ({report.when})"
            self._tell(failed=report.nodeid + part, why=_why(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell which file could not be read."""
        if report.failed:
            self._tell(failed=report.nodeid, why=_why(report))

    def _tell(self, **event: Any) -> None:  # noqa: ANN401 - of each event its own
        os.write(self._descriptor, json.dumps(event).encode() + b"\n")


def pytest_configure(config: pytest.Config) -> None:
    """Tell if somebody listens; a child that a test starts has nothing to tell."""
    descriptor = os.environ.pop(DESCRIPTOR, "")
    if descriptor:
        config.pluginmanager.register(Teller(int(descriptor)))


def _why(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the reason in a line: the exception's, else the last that was said."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return next(iter(crash.message.splitlines()), "")
    lines = str(report.longrepr).splitlines()
    return lines[-1].removeprefix("E").strip() if lines else ""
