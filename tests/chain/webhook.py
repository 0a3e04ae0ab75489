"""A receiver of Alertmanager's webhooks, which remembers what arrived."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert of one delivery, as Alertmanager tells it."""

    status: str
    labels: Json
    annotations: Json

    def is_about(self, alert: str, node: str) -> bool:
        """Tell whether it is about that alert of that node."""
        labels = self.labels
        return (labels.get("alertname"), labels.get("node")) == (alert, node)


@dataclass(slots=True)
class Inbox:
    """Everything received so far, in order."""

    port: int = 0
    _notices: list[Notice] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, payload: Json) -> None:
        """Take one delivery."""
        found = [
            Notice(alert["status"], alert["labels"], alert["annotations"])
            for alert in payload["alerts"]
        ]
        with self._changed:
            self._notices += found
            self._changed.notify_all()

    def all(self) -> tuple[Notice, ...]:
        """Return what has arrived."""
        with self._changed:
            return tuple(self._notices)

    def wait(self, wanted: Callable[[Notice], bool], *, seconds: float) -> Notice:
        """Return the first notice that fits, from before or yet to come."""
        with self._changed:
            there = self._changed.wait_for(
                lambda: any(map(wanted, self._notices)), seconds
            )
            if not there:
                raise AssertionError(f"not among what arrived: {self._notices}")
            return next(filter(wanted, self._notices))


@contextmanager
def listening() -> Iterator[Inbox]:
    """Receive on a port of 127.0.0.1 until the block ends."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.put(json.loads(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests look into the inbox."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        inbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()
