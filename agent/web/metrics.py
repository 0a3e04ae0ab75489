"""The metrics endpoint: a report is formatted once, a scrape only sends it."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from agent.findings import Report
from agent.gzip_format import GZIP
from agent.http.message import Request, Response
from agent.http.negotiation import wants_gzip, wants_openmetrics
from agent.http.parallel import Parallel
from agent.report.encoding import encode
from agent.report.latest import LatestReport
from agent.report.metric_families import Metric, ProcessCollector
from agent.report.prometheus import render
from agent.web.own_paths import METRICS

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_END = b"# EOF\n"
# Of a compressor, which is kept and copied at each scrape: 70 kB in place of 262, and
# as good for lines that are alike.
_WINDOW, _LEVEL = GZIP - 2, 6


class Metrics:
    """Answers with the latest report and the agent's own process metrics.

    The process metrics (`process_*`, as every exporter calls them) are read at
    each scrape: they tell about the agent also when evaluations are stuck. So are
    the families of what runs *beside* the evaluations, and the agent's *own*; without
    *own* (None) nothing is told of the process. *path* is where they are, *bound*
    counts the clients that take them.
    """

    def __init__(
        self,
        board: LatestReport,
        *,
        beside: Callable[[], Iterable[Metric]] = tuple,
        own: Callable[[], Iterable[Metric]] | None = tuple,
        path: str = METRICS,
        bound: Parallel | None = None,
    ) -> None:
        self.path = path
        self._bound = bound
        self._board = board
        self._beside = beside
        self._own = own
        self._process = ProcessCollector(registry=None) if own else None
        self._formatted: dict[bool, _Formatted] = {}

    def __call__(self, request: Request) -> Response:
        """Return the metrics in the format and encoding the client prefers."""
        openmetrics = wants_openmetrics(request.header("accept"))
        latest = self._latest(openmetrics=openmetrics)
        tail = encode(self._fresh(), openmetrics=openmetrics)
        content_type = _OPENMETRICS if openmetrics else _TEXT
        if not wants_gzip(request.header("accept-encoding")):
            body = latest.followed_by(tail)
            return Response(HTTPStatus.OK, body, content_type, bound=self._bound)
        body = latest.compressed_with(tail)
        headers = (("Content-Encoding", "gzip"),)
        return Response(HTTPStatus.OK, body, content_type, headers, self._bound)

    def _fresh(self) -> Iterator[Metric]:
        yield from self._beside()
        if self._own and self._process:
            yield from self._own()
            yield from self._process.collect()

    def _latest(self, *, openmetrics: bool) -> "_Formatted":
        report = self._board.report
        latest = self._formatted.get(openmetrics)
        if latest is None or latest.report is not report:
            latest = _Formatted(report, openmetrics=openmetrics)
            self._formatted[openmetrics] = latest
        return latest


class _Formatted:
    """One report in one format, formatted and compressed once."""

    def __init__(self, report: Report, *, openmetrics: bool) -> None:
        self.report = report
        self._body = render(report, openmetrics=openmetrics).removesuffix(_END)
        # Compressed up to here; a copy of the compressor goes on with the rest.
        self._compressor = zlib.compressobj(wbits=_WINDOW, memLevel=_LEVEL)
        self._compressed = self._compressor.compress(self._body)
        self._compressed += self._compressor.flush(zlib.Z_SYNC_FLUSH)

    def followed_by(self, tail: bytes) -> bytes:
        return self._body + tail

    def compressed_with(self, tail: bytes) -> bytes:
        compressor = self._compressor.copy()
        return self._compressed + compressor.compress(tail) + compressor.flush()
