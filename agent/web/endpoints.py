"""What is at which path."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from agent.findings import Report
from agent.http.message import Request, Response, line
from agent.printable import well_formed
from agent.report.latest import LatestReport
from agent.report.npd import status
from agent.report.path_row import PathRow
from agent.report.requests import Requests
from agent.times import rfc3339
from agent.web.metrics import Metrics
from agent.web.news import News
from agent.web.page import Page
from agent.web.runbooks import runbooks

#: What answers at once.
Endpoint = Callable[[Request], Response]

_JSON = "application/json"
_LEAST_PATIENCE = 60.0
_MISSED_EVALUATIONS = 3


def patience_with(interval: float) -> float:
    """Return how old a report may become, in seconds, with so many between two."""
    return max(_MISSED_EVALUATIONS * interval, _LEAST_PATIENCE)


def pages(  # noqa: PLR0913  # what the endpoints show
    board: LatestReport,
    *,
    interval: float,
    report_as_dict: Callable[[Report], dict[str, Any]],
    paths: Callable[[], Sequence[PathRow]] = tuple,
    metrics: Metrics | None = None,
    requests: Callable[[], Requests] | None = None,
    news: News | None = None,
) -> dict[str, Endpoint]:
    """Return the endpoints by their paths.

    *interval* is the time between two evaluations in seconds: the agent is
    healthy as long as not more than three of them have been missed, whatever
    the evaluations say about the node. *paths* returns the latest results of path
    probes, for the page; *metrics* answers scrapes; *requests* returns who asked
    for SCTP, and is None where nobody looks. *news* is what open pages ask for, None
    where that is not served.
    """
    metrics = metrics or Metrics(board)
    patience = patience_with(interval)

    def healthy(_: Request) -> Response:
        if board.age <= patience:
            return line(HTTPStatus.OK, "healthy")
        return line(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"no evaluation has finished for {board.age:.0f} s",
        )

    def ready(_: Request) -> Response:
        if board.ready:
            return line(HTTPStatus.OK, "ready")
        return line(HTTPStatus.SERVICE_UNAVAILABLE, "no evaluation has finished yet")

    def report(_: Request) -> Response:
        document = report_as_dict(board.report) | {
            "verdict_since": rfc3339(board.since.time) if board.since else None,
            "verdict_since_or_before": not (board.since and board.since.seen),
        }
        if requests:
            document["requests"] = requests().as_dict()
        text = json.dumps(well_formed(document), indent=2)
        return Response(HTTPStatus.OK, f"{text}\n".encode(), _JSON)

    def npd(_: Request) -> Response:
        overdue = board.age > patience
        return line(HTTPStatus.OK, status(board.report, overdue=overdue))

    return {
        "/": Page(
            board,
            interval=interval,
            patience=patience,
            paths=paths,
            metrics=metrics.path,
            requests=requests,
            news=news,
        ),
        metrics.path: metrics,
        "/report": report,
        "/npd": npd,
        "/-/healthy": healthy,
        "/-/ready": ready,
        **runbooks(),
    }
