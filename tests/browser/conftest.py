"""A real browser before a real server, which report whatever they dislike."""

import asyncio
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from agent.hostport import parse_listen
from agent.http.addresses import bind, name
from agent.http.server import Server
from tests.browser.theatre import Theatre, Visit

_FLAGS = (
    "--no-sandbox",  # tests run as root in CI
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # the same pixels on every machine
)


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
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, theatre: Theatre) -> Iterator[Visit]:
    """Return a visit to the page; it fails the test if the browser complained."""
    visit = Visit(browser, theatre)
    yield visit
    visit.end()
    assert visit.complaints == []
