"""A real browser before a real server, which report whatever they dislike."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from agent.hostport import parse_listen
from agent.http.addresses import bind, name
from agent.http.server import Server
from tests.browser.chromium import chromium
from tests.browser.theatre import Theatre, Visit


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """Serve whatever scene is set; the loop turns in a thread of its own."""
    listeners = bind(parse_listen("127.0.0.1:0"))
    theatre = Theatre(name(listeners[0]))
    loop = asyncio.new_event_loop()
    server = Server(theatre.answer)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(listeners), loop).result(10)
    yield theatre
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium; a module is as long as Playwright may own the thread."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, theatre: Theatre) -> Iterator[Visit]:
    """Return a visit to the page; it fails the test if the browser complained."""
    visit = Visit(browser, theatre)
    yield visit
    visit.end()
    assert visit.complaints == []
