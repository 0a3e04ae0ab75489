"""Log lines on standard error, logfmt or JSON: one per event, held up by nobody."""

import json
import logging
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress

from agent.printable import well_formed
from agent.report.metric_families import CounterMetricFamily, Metric
from agent.threads import start
from agent.times import rfc3339

_STANDARD_ERROR = 2
_MOST_WAITING = 1000  # lines
_LONGEST_FLUSH = 1.0  # seconds
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


def configure(*, level: str, form: str) -> "Aside":
    """Write events to standard error from now on; return what does so.

    *level* is the least severe one written (debug, info, warning, error),
    *form* is text or json.
    """
    handler = Aside(_STANDARD_ERROR)
    handler.setFormatter(Lines(as_json=form == "json"))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    return handler


class Aside(logging.Handler):
    """Writes lines to *descriptor* in a thread: a pipe that nobody reads is full.

    Then as many lines wait as there is room for, and the others are counted.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._lines: queue.Queue[str | threading.Event | None]
        self._lines = queue.Queue(_MOST_WAITING)
        self._dropped = self._untold = 0
        self._thread: threading.Thread | None = None
        self._writing = start("log", self._write)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand over the line, or count it as dropped."""
        if self._writing.done():  # where there was no thread to be had
            self._writing = start("log", self._write)
        try:
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            self._dropped += 1
            self._untold += 1

    def families(self) -> Iterator[Metric]:
        """Yield how many lines nobody will ever read."""
        yield CounterMetricFamily(
            "sctp_agent_log_dropped_lines",
            "Lines of the log that were dropped because nobody took them.",
            value=self._dropped,
        )

    def flush(self) -> None:
        """Wait until what was handed over is written, but not for long."""
        marker = threading.Event()
        if self._hand_over(marker) and not self._writing.done():
            marker.wait(_LONGEST_FLUSH)

    def close(self) -> None:
        """Write what is left, as *flush* does, and no more; end the thread.

        One that is left behind is ended by force when Python ends, for which the C
        library needs another library that a small image may lack.
        """
        self.flush()
        if self._hand_over(None) and self._thread:
            self._thread.join(_LONGEST_FLUSH)
        super().close()

    def _hand_over(self, item: threading.Event | None) -> bool:
        """Wait for room, but not for long, and not where nobody makes any."""
        patience = 0.0 if self._writing.done() else _LONGEST_FLUSH
        with suppress(queue.Full):
            self._lines.put(item, timeout=patience)
            return True
        return False

    def _write(self) -> None:
        self._thread = threading.current_thread()
        while (line := self._lines.get()) is not None:
            if isinstance(line, threading.Event):
                line.set()
                continue
            if untold := self._untold:
                self._untold -= untold
                _put(self._descriptor, self.format(_drop_record(untold)))
            _put(self._descriptor, line)


def _put(descriptor: int, line: str) -> None:
    rest = f"{line}\n".encode(errors="backslashreplace")
    with suppress(OSError):  # nobody reads it any more
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _drop_record(count: int) -> logging.LogRecord:
    level = {"levelno": logging.WARNING, "levelname": "WARNING"}
    event = {"msg": "log lines dropped: nobody took them", "count": count}
    return logging.makeLogRecord({**level, **event})


class Lines(logging.Formatter):
    """An event with its keys (logging's *extra*) as one line.

    Text is logfmt: `time=… level=info event="first report" state=ready`.
    """

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; control characters in values are escaped."""
        fields = self._fields(record)
        if self._as_json:
            return json.dumps(well_formed(fields), default=str)
        return " ".join(f"{key}={_logfmt(value)}" for key, value in fields.items())

    def _fields(self, record: logging.LogRecord) -> dict[str, object]:
        fields: dict[str, object] = {
            "time": rfc3339(record.created, milliseconds=True),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        for key, value in vars(record).items():
            if key not in _OWN_FIELDS:
                fields.setdefault(key, value)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return fields


def _logfmt(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' "=\\')
    return text if text and is_plain else json.dumps(text)
