"""The watch as a neighbour of the loop: started with it, and ended in time."""

import logging
import threading
from collections.abc import Callable, Iterator

from agent.findings import Report
from agent.hostfs.host import Host
from agent.hostfs.mounts import Mounts
from agent.report.metric_families import Metric
from agent.report.requests import Requests
from agent.requests.exposition import families
from agent.requests.record import Record
from agent.requests.watch import Watch
from agent.threads import in_thread

_LONGEST_END = 2.0  # seconds that the end waits for the kernel

_log = logging.getLogger(__name__)


class RequestWatch:
    """Sees who asks for SCTP below *root*, and by the reports why it is denied."""

    def __init__(self, root: str, mounts: Mounts | None) -> None:
        self._record = Record()
        self._watch = Watch(Host(root, live=True, mounts=mounts), self._record)
        self._over = threading.Event()
        self._over.set()

    async def run(self) -> None:
        """Watch until cancelled; *withdraw* then waits for the end."""
        self._over.clear()
        try:
            await in_thread(self._run)
        except Exception as error:
            self._record.problem = repr(error)
            raise

    def withdraw(self) -> None:
        """Leave nothing behind in the kernel, unless that hangs."""
        self._watch.stop()
        if not self._over.wait(_LONGEST_END):
            _log.error("the watch of requests hangs, its instance may be left behind")

    def heed(self, announce: Callable[[], None]) -> None:
        """Call *announce*, from another thread, when there is news."""
        self._record.heed(announce)

    def explained(self, evaluate: Callable[[], Report]) -> Callable[[], Report]:
        """Return *evaluate*, with each report read for what denies SCTP."""

        def evaluate_and_tell() -> Report:
            report = evaluate()
            self._record.hear(report)
            return report

        return evaluate_and_tell

    def families(self) -> Iterator[Metric]:
        """Yield the metrics."""
        return families(self._record)

    def summary(self) -> Requests:
        """Return what was seen, for the page and the report."""
        return self._record.summary()

    def _run(self) -> None:
        try:
            self._watch.run()
        finally:
            self._over.set()
