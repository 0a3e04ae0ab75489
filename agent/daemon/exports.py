"""Files for others on the node: written only where a flag says so, always whole.

The one thing that the agent ever writes. Nothing of it is read back.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial

from agent.daemon.whole_file import WholeFile
from agent.findings import Report
from agent.report.metric_families import CounterMetricFamily, Metric, gauge
from agent.report.nfd import feature_file, labels
from agent.threads import start

_LEAST_LIFETIME = 300.0  # seconds: longer than an update of the agent takes
_LONGEST_END = 2.0  # seconds that the end waits for a file system

_log = logging.getLogger(__name__)


class FeatureFile:
    """The file for Node Feature Discovery, which looks at once when it changes.

    So it is written when a label has changed, and otherwise before it expires.
    """

    kind = "features"

    def __init__(self, path: str, *, interval: float) -> None:
        self.file = WholeFile(path)
        self._lifetime = max(4 * interval, _LEAST_LIFETIME)
        self._labels: dict[str, str] = {}
        self._write_time = 0.0

    def write(self, report: Report) -> None:
        """Write what *report* says, if it is time; raise OSError."""
        own_labels = labels(report)
        age = report.time - self._write_time
        if own_labels == self._labels and 0 <= age < self._lifetime / 2:
            return
        self.file.write(feature_file(report, self._lifetime).encode())
        self._labels, self._write_time = own_labels, report.time


class Textfile:
    """The metrics for node_exporter, written after every evaluation."""

    kind = "textfile"

    def __init__(self, path: str) -> None:
        self.file = WholeFile(path)

    def write(self, report: Report) -> None:
        """Write the metrics of *report*; raise OSError."""
        from agent.report.prometheus import render

        self.file.write(render(report, openmetrics=False))


def handing_over(
    evaluate: Callable[[], Report],
    *,
    features_file: str,
    textfile: str,
    interval: float,
) -> "Handover":
    """Return *evaluate* with the files that are named, "" for none."""
    files: list[FeatureFile | Textfile] = []
    if features_file:
        files.append(FeatureFile(features_file, interval=interval))
    if textfile:
        files.append(Textfile(textfile))
    return Handover(evaluate, files)


class Handover:
    """Evaluates as before, and hands each report over.

    A file system that hangs holds up neither evaluations nor, for long, the agent's
    end: then the files get old, which their readers see.
    """

    def __init__(
        self, evaluate: Callable[[], Report], files: Sequence[FeatureFile | Textfile]
    ) -> None:
        self._evaluate = evaluate
        self.files = files
        self._failures: dict[str, str] = {}
        self._failure_counts: Counter[str] = Counter()
        self._latest = dict.fromkeys((file.kind for file in files), 0.0)
        self._writing: Future[None] | None = None
        self._ended = False
        self._lock = threading.Lock()

    def __call__(self) -> Report:
        """Return a new report; the files are written meanwhile."""
        report = self._evaluate()
        with self._lock:
            if not self._ended and (self._writing is None or self._writing.done()):
                self._writing = start("exports", partial(self._write, report))
                self._writing.add_done_callback(self._tell_without_thread)
        return report

    def families(self) -> Iterator[Metric]:
        """Yield how old what is in the files is, and how often writing has failed."""
        yield gauge(
            "sctp_agent_handover_last_success_timestamp_seconds",
            "The time of the evaluation that a file has, in Unix time; 0 before any.",
            {(kind,): time for kind, time in self._latest.items()},
            ("file",),
        )
        failures = CounterMetricFamily(
            "sctp_agent_handover_failures",
            "How often a file for other programs could not be written.",
            labels=("file",),
        )
        for kind in self._latest:
            failures.add_metric((kind,), self._failure_counts[kind])
        yield failures

    def withdraw(self) -> None:
        """Write nothing more, and remove the files: they would say so for ever."""
        with self._lock:
            self._ended = True
            before = self._writing

        def remove() -> None:
            if before:
                wait([before])
            for file in self.files:
                with suppress(OSError):  # its readers see how old it is
                    file.file.remove()

        wait([start("exports", remove)], _LONGEST_END)

    def settle(self) -> None:
        """Wait until what is being written is there, or has failed."""
        if self._writing:
            wait([self._writing])

    def _write(self, report: Report) -> None:
        for file in self.files:
            failure: Exception | None = None
            try:
                file.write(report)
                self._latest[file.kind] = report.time
            except Exception as error:  # noqa: BLE001  # the other file is written
                failure = error
            self._tell(file, failure)

    def _tell_without_thread(self, writing: Future[None]) -> None:
        error = writing.exception()
        if isinstance(error, Exception):
            for file in self.files:
                self._tell(file, error)

    def _tell(self, file: FeatureFile | Textfile, error: Exception | None) -> None:
        """Log a failure when it begins, changes or ends, not every time."""
        path, failure = file.file.path, _describe(error) if error else ""
        self._failure_counts[file.kind] += bool(error)
        if failure == self._failures.get(path, ""):
            return
        self._failures[path] = failure
        if not error:
            _log.info("writing again", extra={"path": path})
            return
        # What is no error of the system is a defect: it is told with its place.
        defect = None if isinstance(error, OSError) else error
        extra = {"path": path, "error": failure}
        _log.error("cannot write", extra=extra, exc_info=defect)


def _describe(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return repr(error)
