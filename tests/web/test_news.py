"""Who waits for news: told at once, in the end, and never too many at a time."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

import pytest

from agent.findings import Report
from agent.http.message import Request, Response
from agent.report.latest import LatestReport
from agent.requests.record import Outcome, Record
from agent.web.endpoints import pages
from agent.web.news import News
from tests.reports import SAMPLE, STARTING
from tests.requests.sample import attempt


def _request(tag: str, network: str = "192.0.2.1") -> Request:
    return Request("GET", "/news", {"if-none-match": f'"{tag}"'}, network=network)


async def _answer(news: News, tag: str, network: str = "192.0.2.1") -> Response:
    answer = news(_request(tag, network))
    return answer if isinstance(answer, Response) else await answer


async def _wait(news: News, network: str = "192.0.2.1") -> "asyncio.Task[Response]":
    """Return the task of one who waits there by now."""
    waiting = asyncio.ensure_future(_answer(news, news.tag, network))
    await asyncio.sleep(0)
    return waiting


def _run(play: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await play()

    asyncio.run(bounded())


def test_at_once() -> None:
    """Whoever knows another state, or none, hears of the present one at once."""

    async def play() -> None:
        news = News()
        tag = news.tag
        news.announce()
        answer = await _answer(news, tag)
        assert answer.status is HTTPStatus.OK
        assert answer.body.decode().strip() == news.tag != tag
        assert answer.headers == (("ETag", f'"{news.tag}"'),)

    _run(play)


def test_from_a_thread() -> None:
    """All who wait hear of what another thread has seen."""

    async def play() -> None:
        news = News(hold=3600)
        waiting = [await _wait(news) for _ in range(3)]
        threading.Thread(target=news.announce).start()
        assert [(await w).status for w in waiting] == [HTTPStatus.OK] * 3

    _run(play)


def test_nothing() -> None:
    """In the end there is an answer without news."""

    async def play() -> None:
        news = News(hold=0.0)
        answer = await _answer(news, news.tag)
        assert (answer.status, answer.body) == (HTTPStatus.NOT_MODIFIED, b"")

    _run(play)


def test_bounded() -> None:
    """One more takes the place of the crowd's eldest; whoever has left takes none."""

    async def play() -> None:
        news = News(hold=3600, most=3)
        other = await _wait(news, "198.51.100.1")
        crowd = [await _wait(news) for _ in range(4)]
        assert [(await crowd[n]).status for n in (0, 1)] == [HTTPStatus.NO_CONTENT] * 2
        crowd[2].cancel()
        await asyncio.sleep(0)
        crowd.append(await _wait(news))
        news.announce()
        told = await asyncio.gather(other, crowd[3], crowd[4])
        assert [answer.status for answer in told] == [HTTPStatus.OK] * 3

    _run(play)


def test_cancelled_in_the_same_moment() -> None:
    """Who leaves as the news comes disturbs nobody else."""

    async def play() -> None:
        news = News(hold=3600)
        leaver, stayer = await _wait(news), await _wait(news)
        news.announce()
        leaver.cancel()
        assert (await stayer).status is HTTPStatus.OK

    _run(play)


def test_after_the_end() -> None:
    """News that come when nothing is served any more do no harm."""
    news = News(hold=0.0)
    _run(lambda: _served(news))

    news.announce()


async def _served(news: News) -> None:
    await _answer(news, news.tag)


def _changed(report: Report) -> Report:
    verdict = replace(
        report.verdict, message="another", state=report.verdict.boot_state
    )
    return replace(report, verdict=verdict, checks=())


@pytest.mark.parametrize(
    ("reports", "count"),
    [
        pytest.param([SAMPLE], 1, id="the first"),
        pytest.param([SAMPLE, replace(SAMPLE, time=1.0)], 1, id="the same again"),
        pytest.param([SAMPLE, _changed(SAMPLE)], 2, id="another"),
    ],
)
def test_reports(reports: list[Report], count: int) -> None:
    """A report is news where an answer is another one."""
    board = LatestReport(STARTING)
    told: list[None] = []
    board.heed(lambda: told.append(None))

    for report in reports:
        board.publish(report)

    assert len(told) == count


def test_requests() -> None:
    """A workload's first denial is news, and why; an attempt that succeeds is none."""
    record = Record()
    told: list[str] = []
    record.heed(lambda: told.append(record.summary().rows[0].reason))

    record.note(attempt(), Outcome.IN_KERNEL, 9.0)
    record.note(attempt(), Outcome.DENIED, 10.0)
    record.note(attempt(), Outcome.DENIED, 11.0)
    record.hear(SAMPLE)
    record.hear(SAMPLE)

    assert told == ["", SAMPLE.verdict.reason.value]


def test_page_has_all_news() -> None:
    """What the page is asked for because of news has them, whatever was made before."""
    board = LatestReport(STARTING, clock=lambda: 1.0)
    board.publish(SAMPLE)
    record, news = Record(problem=""), News()
    record.heed(news.announce)
    page = pages(
        board,
        interval=15.0,
        report_as_dict=lambda _: {},
        requests=record.summary,
        news=news,
    )["/"]
    before = page(Request("GET", "/", {})).body.decode()
    record.note(attempt(), Outcome.DENIED, 10.0)
    after = page(Request("GET", "/", {})).body.decode()

    assert "requests-table" not in before
    assert "requests-table" in after
    assert f'data-news="{news.tag}"' in after
