"""The page for people: a view in its template, under a policy that allows no more."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agent.findings import Report
from agent.http.message import Request, Response
from agent.report.commands import commands
from agent.report.latest import LatestReport
from agent.report.path_row import PathRow
from agent.report.requests import Requests
from agent.times import rfc3339, span
from agent.web.matrix import describe
from agent.web.news import News
from agent.web.own_paths import METRICS
from agent.web.templating import html, source, templates
from agent.web.view import view
from agent.web.wording import brief, clock, latency, moment, word

if TYPE_CHECKING:
    from jinja2.environment import Environment

_LEAST_REFRESH, _MOST_REFRESH = 5, 60
_FILTERS = (*(brief, clock, commands, describe, latency, moment, rfc3339, span, word),)


class Page:
    """Answers with the page about the latest report.

    *patience* is the age in seconds from which a report is no longer current,
    *interval* the time between two of them. *paths* returns the results of
    path probes, *requests* who asked for SCTP; without them, the page has no section
    for them. *metrics* is the path of the metrics, *news* what it asks for
    while it is open, None where that is not served.
    """

    def __init__(  # noqa: PLR0913  # what the page shows
        self,
        board: LatestReport,
        *,
        interval: float,
        patience: float,
        paths: Callable[[], Sequence[PathRow]] = tuple,
        metrics: str = METRICS,
        requests: Callable[[], Requests] | None = None,
        news: News | None = None,
    ) -> None:
        self._metrics = metrics.removeprefix("/")  # relative: a proxy may stand before
        self._board = board
        self._patience = patience
        self._paths = paths
        self._requests = requests
        self._news = news
        self._refresh = int(min(max(interval, _LEAST_REFRESH), _MOST_REFRESH))
        self._sheets: _Sheets | None = None
        self._rendered: tuple[Report, tuple[int, str], str] | None = None

    def __call__(self, request: Request) -> Response:
        """Return the page in the encoding the client prefers."""
        sheets = self._sheets = self._sheets or _Sheets()
        return html(request, self._text(sheets), sheets.policy)

    def _text(self, sheets: "_Sheets") -> str:
        """Return the page, at most a second old and with all news.

        Whoever asks often gets it again: it takes milliseconds to make, in which
        nobody else is answered.
        """
        # First: what is new meanwhile is news for this page, too.
        tag = self._news.tag if self._news else ""
        report, age = self._board.report, (int(self._board.age), tag)
        if self._rendered and self._rendered[0] is report and self._rendered[1] == age:
            return self._rendered[2]
        content = view(
            self._board,
            patience=self._patience,
            paths=self._paths(),
            requests=self._requests() if self._requests else None,
        )
        text = sheets.render(
            view=content, refresh=self._refresh, metrics=self._metrics, news=tag
        )
        self._rendered = report, age, text
        return text


def page_templates() -> "Environment":
    """Return the templates with what the page says things with."""
    return templates(_FILTERS)


class _Sheets:
    """The template with its style sheet and script, and the policy for these two."""

    def __init__(self) -> None:
        environment = page_templates()
        self.render = environment.get_template("page.html").render
        style, script = (source(environment, n) for n in ("page.css", "page.js"))
        self.policy = (
            f"default-src 'none'; style-src '{style}'; script-src '{script}'; "
            "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; "
            "trusted-types 'none'"
        )
