"""What is at which path."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from agent.board import Board
from agent.findings import Report
from agent.http.landing import landing
from agent.http.message import Request, Response, line
from agent.http.metrics import Metrics
from agent.http.router import Handler

_JSON = "application/json"
_LEAST_PATIENCE = 60.0
_MISSED_EVALUATIONS = 3


def pages(
    board: Board,
    *,
    interval: float,
    report_as_dict: Callable[[Report], dict[str, Any]],
) -> dict[str, Handler]:
    """Return the endpoints by their paths.

    *interval* is the time between two evaluations in seconds: the agent is
    healthy as long as not more than three of them have been missed, whatever
    the evaluations say about the node.
    """
    patience = max(_MISSED_EVALUATIONS * interval, _LEAST_PATIENCE)

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
        text = json.dumps(report_as_dict(board.report), indent=2)
        return Response(HTTPStatus.OK, f"{text}\n".encode(), _JSON)

    return {
        "/": lambda _: landing(board),
        "/metrics": Metrics(board),
        "/report": report,
        "/-/healthy": healthy,
        "/-/ready": ready,
    }
