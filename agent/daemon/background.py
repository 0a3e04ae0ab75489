"""What may run beside the evaluations, on the same loop and at the same endpoints."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from agent.report.metric_families import Metric
from agent.report.path_row import PathRow
from agent.report.requests import Requests


class BackgroundTask(Protocol):
    """Runs until it is cancelled; what it has found is asked for at any time."""

    async def run(self) -> None:
        """Run for ever; it never blocks the loop."""

    def families(self) -> Iterable[Metric]:
        """Return fresh metric families, those of the report not among them."""

    def rows(self) -> Sequence[PathRow]:
        """Return the latest results of path probes, for the page."""


class RequestWatcher(Protocol):
    """Sees who asks for SCTP until it is cancelled."""

    async def run(self) -> None:
        """Run for ever; it never blocks the loop."""

    def families(self) -> Iterable[Metric]:
        """Return fresh metric families."""

    def heed(self, announce: Callable[[], None]) -> None:
        """Call *announce*, from any thread, when there is news."""

    def summary(self) -> Requests:
        """Return what was seen, for the page and the report."""
