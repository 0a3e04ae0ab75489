"""The endpoints over a board of reports."""

import gzip
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from agent.findings import Report
from agent.http.message import Request, Response
from agent.report.latest import LatestReport
from agent.report.metric_families import gauge
from agent.report.prometheus import render
from agent.web.endpoints import pages
from agent.web.metrics import Metrics
from agent.web.own_paths import objection
from tests.reports import SAMPLE, STARTING

Get = Callable[..., Response]


class _Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> _Clock:
    """Return a clock that goes by hand."""
    return _Clock()


@pytest.fixture
def board(clock: _Clock) -> LatestReport:
    """Return a board before the first report."""
    return LatestReport(STARTING, clock=clock)


@pytest.fixture
def get(board: LatestReport) -> Get:
    """Return a function that asks for a path."""
    endpoints = pages(board, interval=15.0, report_as_dict=_as_dict)

    def ask(path: str, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return endpoints[path](Request("GET", path, named))

    return ask


def _as_dict(report: Report) -> dict[str, Any]:
    return {"node": report.node, "state": report.verdict.state.value}


def test_ready(board: LatestReport, get: Get) -> None:
    """Ready means that there has been a report, whatever it says."""
    before = get("/-/ready").status
    board.publish(SAMPLE)

    assert before is HTTPStatus.SERVICE_UNAVAILABLE
    assert get("/-/ready").status is HTTPStatus.OK


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        pytest.param(60, HTTPStatus.OK, id="in-time"),
        pytest.param(61, HTTPStatus.SERVICE_UNAVAILABLE, id="late"),
    ],
)
def test_healthy(
    board: LatestReport, clock: _Clock, get: Get, seconds: int, status: HTTPStatus
) -> None:
    """Healthy means that evaluations finish, the first one too, whatever they say."""
    clock.seconds += seconds
    first = get("/-/healthy").status
    board.publish(SAMPLE)
    published = get("/-/healthy").status
    clock.seconds += seconds
    second = get("/-/healthy").status

    assert (first, published, second) == (status, HTTPStatus.OK, status)


def test_long_interval(clock: _Clock) -> None:
    """With a long interval, three evaluations may be missed."""
    endpoints = pages(
        LatestReport(STARTING, clock=clock), interval=60.0, report_as_dict=_as_dict
    )

    clock.seconds += 180
    in_time = endpoints["/-/healthy"](Request("GET", "/-/healthy")).status
    clock.seconds += 1
    late = endpoints["/-/healthy"](Request("GET", "/-/healthy"))

    assert in_time is HTTPStatus.OK
    assert late.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert late.body == b"no evaluation has finished for 181 s\n"


def test_report(board: LatestReport, get: Get) -> None:
    """The report is the latest one, as JSON."""
    before = json.loads(get("/report").body)
    board.publish(SAMPLE)
    response = get("/report")

    assert before == {
        "node": "worker-0",
        "state": "unknown",
        "verdict_since": None,
        "verdict_since_or_before": True,
    }
    assert json.loads(response.body) == {
        "node": "worker-0",
        "state": "unavailable",
        "verdict_since": "2026-09-21T14:15:00Z",
        "verdict_since_or_before": True,
    }
    assert response.content_type == "application/json"


def test_report_is_for_strict_parsers(board: LatestReport) -> None:
    """Bytes that are no UTF-8 do not spoil the whole report."""
    endpoints = pages(
        board, interval=15.0, report_as_dict=lambda _: {"path": ["/x/\udcff", "\ud800"]}
    )

    body = endpoints["/report"](Request("GET", "/report", {})).body

    assert json.loads(body)["path"] == ["/x/\\xff", "\\ud800"]


def test_metrics(board: LatestReport, get: Get) -> None:
    """Metrics are those of the latest report, and then our own process's."""
    before = get("/metrics").body
    board.publish(SAMPLE)
    response = get("/metrics")

    assert before.startswith(render(STARTING, openmetrics=False))
    assert response.body.startswith(render(SAMPLE, openmetrics=False))
    assert b"\nprocess_resident_memory_bytes " in response.body
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"


def test_nothing_of_the_process(board: LatestReport) -> None:
    """Who has these from elsewhere can leave them out; the report's own stay."""
    metrics = Metrics(board, beside=lambda: [gauge("x", "Beside.", {(): 1})], own=None)
    text = metrics(Request("GET", "/metrics")).body.decode()

    assert "process_" not in text
    assert "\nsctp_agent_build_info" in text
    assert text.endswith("\nx 1.0\n")


def test_metrics_elsewhere(board: LatestReport) -> None:
    """They are where they were told to be, there alone, and the page leads there."""
    endpoints = pages(
        board,
        interval=15.0,
        report_as_dict=_as_dict,
        metrics=Metrics(board, path="/sctp/metrics"),
    )

    assert "/metrics" not in endpoints
    assert endpoints["/sctp/metrics"](Request("GET", "")).status is HTTPStatus.OK
    assert b'<a href="sctp/metrics">' in endpoints["/"](Request("GET", "/")).body


def test_metrics_take_the_place_of_nothing(board: LatestReport) -> None:
    """No path that is there may be chosen, whatever is added."""
    endpoints = pages(board, interval=15.0, report_as_dict=_as_dict)

    assert [path for path in endpoints if not objection(path)] == ["/metrics"]


def test_openmetrics(get: Get) -> None:
    """Who asks for OpenMetrics gets it, with one end."""
    response = get("/metrics", accept="application/openmetrics-text; version=1.0.0")

    assert response.content_type.startswith("application/openmetrics-text; ")
    assert response.body.endswith(b"\n# EOF\n")
    assert response.body.count(b"# EOF") == 1
    assert b"process_cpu_seconds_total " in response.body


def test_gzip(board: LatestReport, get: Get) -> None:
    """Compressed metrics are the same metrics, at every scrape of a report."""
    for report in (STARTING, SAMPLE):
        board.publish(report)
        for _ in range(2):
            response = get("/metrics", accept_encoding="gzip")
            text = gzip.decompress(response.body)

            assert text.startswith(render(report, openmetrics=False))
            assert text.endswith(b"\n")
            assert b"\nprocess_open_fds " in text
            assert ("Content-Encoding", "gzip") in response.headers


def test_page(board: LatestReport, get: Get) -> None:
    """At the top is the page for people, with the paths that were probed."""
    board.publish(SAMPLE)
    page = get("/").body.decode()

    assert "<h1><span>SCTP on node</span> worker-0</h1>" in page
    assert "Paths" not in page
