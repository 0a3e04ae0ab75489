"""Log lines on standard error: logfmt or JSON, one line per event."""

import json
import logging
import sys
from datetime import UTC, datetime

_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


def configure(*, level: str, form: str) -> None:
    """Write events to standard error from now on.

    *level* is the least severe one written (debug, info, warning, error),
    *form* is text or json.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=form == "json"))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


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
            return json.dumps(fields, default=str)
        return " ".join(f"{key}={_logfmt(value)}" for key, value in fields.items())

    def _fields(self, record: logging.LogRecord) -> dict[str, object]:
        moment = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
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
