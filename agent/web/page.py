"""The page for people: a view in its template, under a policy that allows no more."""

import base64
import hashlib
import zlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from agent.gzip_format import GZIP
from agent.http.message import Request, Response
from agent.http.negotiation import wants_gzip
from agent.printable import printable
from agent.report.latest import LatestReport
from agent.report.path_row import PathRow
from agent.times import rfc3339, span
from agent.web.matrix import describe
from agent.web.view import view
from agent.web.wording import brief, clock, latency, moment, word

if TYPE_CHECKING:
    from jinja2 import Environment

_LEAST_REFRESH, _MOST_REFRESH = 5, 60
_FILTERS = (brief, clock, describe, latency, moment, rfc3339, span, word)


class Page:
    """Answers with the page about the latest report.

    *patience* is the age in seconds from which a report is no longer current,
    *interval* the time between two of them. *paths* returns the results of
    path probes; without any, the page has no section for them.
    """

    def __init__(
        self,
        board: LatestReport,
        *,
        interval: float,
        patience: float,
        paths: Callable[[], Sequence[PathRow]] = tuple,
    ) -> None:
        self._board = board
        self._patience = patience
        self._paths = paths
        self._refresh = int(min(max(interval, _LEAST_REFRESH), _MOST_REFRESH))
        self._sheets: _Sheets | None = None

    def __call__(self, request: Request) -> Response:
        """Return the page in the encoding the client prefers."""
        sheets = self._sheets = self._sheets or _Sheets()
        shown = view(self._board, patience=self._patience, paths=self._paths())
        body = sheets.render(view=shown, refresh=self._refresh).encode()
        headers: tuple[tuple[str, str], ...] = (
            ("Content-Security-Policy", sheets.policy),
        )
        if wants_gzip(request.header("accept-encoding")):
            body = zlib.compress(body, wbits=GZIP)
            headers += (("Content-Encoding", "gzip"),)
        return Response(HTTPStatus.OK, body, "text/html; charset=utf-8", headers)


class _Sheets:
    """The template with its style sheet and script, and the policy for these two."""

    def __init__(self) -> None:
        environment = _environment()
        self.render = environment.get_template("page.html").render
        style, script = (
            _digest(environment.get_template(name).render())
            for name in ("page.css", "page.js")
        )
        self.policy = (
            f"default-src 'none'; style-src '{style}'; script-src '{script}'; "
            "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; "
            "trusted-types 'none'"
        )


def _environment() -> "Environment":
    # Two megabytes that only a node whose page is looked at has to spend.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        auto_reload=False,
        finalize=_finalize,
        loader=PackageLoader("agent.web", "templates"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {word.__name__: word for word in _FILTERS}
    return environment


def _finalize(value: object) -> object:
    """Make everything harmless that the template shows, markup of its own apart."""
    return value if hasattr(value, "__html__") else printable(str(value))


def _digest(text: str) -> str:
    """Return the source expression for an inline element of exactly this *text*."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
