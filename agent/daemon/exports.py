"""Files for others on the node: written only where a flag says so, always whole.

The one thing that the agent ever writes. Nothing of it is read back.
"""

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from agent.findings import Report
from agent.report.nfd import feature_file, labels
from agent.threads import start

_MODE = 0o644  # others read it; nothing in it is secret
_LEAST_LIFETIME = 300.0  # seconds: longer than an update of the agent takes

_log = logging.getLogger(__name__)


def replace(path: str, content: bytes) -> None:
    """Put *content* in the place of the file *path*, at once for its readers.

    What is in the making has a name that begins with a dot, which nobody reads.
    """
    folder, name = os.path.split(path)
    unfinished = os.path.join(folder, f".{name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(unfinished, flags, _MODE), "wb") as file:
        os.fchmod(file.fileno(), _MODE)  # whatever the umask took away
        file.write(content)
    os.replace(unfinished, path)


class FeatureFile:
    """The file for Node Feature Discovery, which looks at once when it changes.

    So it is written when a label has changed, and otherwise before it expires.
    """

    def __init__(self, path: str, *, interval: float) -> None:
        self.path = path
        self._lifetime = max(4 * interval, _LEAST_LIFETIME)
        self._labels: dict[str, str] = {}
        self._written = 0.0

    def write(self, report: Report) -> None:
        """Write what *report* says, if it is time; raise OSError."""
        found = labels(report)
        age = report.time - self._written
        if found == self._labels and 0 <= age < self._lifetime / 2:
            return
        replace(self.path, feature_file(report, self._lifetime).encode())
        self._labels, self._written = found, report.time


@dataclass(frozen=True, slots=True)
class Textfile:
    """The metrics for node_exporter, written after every evaluation."""

    path: str

    def write(self, report: Report) -> None:
        """Write the metrics of *report*; raise OSError."""
        from agent.report.prometheus import render

        replace(self.path, render(report, openmetrics=False))


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

    A file system that hangs holds up neither evaluations nor the agent's end: then
    the files get old, which their readers see.
    """

    def __init__(
        self, evaluate: Callable[[], Report], files: Sequence[FeatureFile | Textfile]
    ) -> None:
        self._evaluate = evaluate
        self.files = files
        self._failures: dict[str, str] = {}
        self._writing: Future[None] | None = None

    def __call__(self) -> Report:
        """Return a new report; the files are written meanwhile."""
        report = self._evaluate()
        if self._writing is None or self._writing.done():
            self._writing = start("exports", partial(self._write, report))
            self._writing.add_done_callback(self._tell_without_thread)
        return report

    def settle(self) -> None:
        """Wait until what is being written is there, or has failed."""
        if self._writing:
            wait([self._writing])

    def _write(self, report: Report) -> None:
        for file in self.files:
            failure: Exception | None = None
            try:
                file.write(report)
            except Exception as error:  # noqa: BLE001  # the other file is written
                failure = error
            self._tell(file.path, failure)

    def _tell_without_thread(self, writing: Future[None]) -> None:
        error = writing.exception()
        if isinstance(error, Exception):
            for file in self.files:
                self._tell(file.path, error)

    def _tell(self, path: str, error: Exception | None) -> None:
        """Log a failure when it begins, changes or ends, not every time."""
        failure = _described(error) if error else ""
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


def _described(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return repr(error)
