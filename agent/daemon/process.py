"""The daemon: evaluations, endpoints and the kernel's events in one process."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from agent.daemon import uevents
from agent.daemon.background import BackgroundTask
from agent.daemon.loop import Cycle
from agent.findings import Report
from agent.hostport import parse_listen
from agent.http.addresses import bind, name
from agent.http.router import Router
from agent.http.server import Server
from agent.http.tls import Tls
from agent.report.exit_codes import COULD_NOT_TELL
from agent.report.latest import LatestReport
from agent.web.endpoints import pages

_DEADLINE = 60.0  # more than the deadlines inside an evaluation add up to

# Whoever asks before the first report waits so many seconds for it: a restart must not
# answer a scrape with "unknown", which would end the alerts of a broken node.
_FIRST_REPORT = 3.0

_log = logging.getLogger(__name__)


def run(  # noqa: PLR0913  # the parts that one process is made of
    evaluate: Callable[[], Report],
    *,
    initial: Report,
    interval: float,
    listen: Sequence[str],
    report_as_dict: Callable[[Report], dict[str, Any]],
    companion: BackgroundTask | None = None,
    web_config: str = "",
) -> int:
    """Serve reports until SIGTERM or SIGINT; return the process's exit code.

    SIGHUP makes it look again, at the node and at the files of TLS.

    *evaluate* may block: it runs in a thread, never twice at a time, every
    *interval* seconds. *initial* is served until it has returned once. *listen*
    are addresses as *parse_listen* reads them; the code is 2 when one cannot be had.
    With *web_config*, a file, they are served over TLS; without being readable it is
    2 as well. *companion* runs beside the evaluations; if it breaks, they go on.
    """
    try:
        tls = Tls(web_config) if web_config else None
    except (OSError, ValueError) as error:
        text = f"{web_config}: {error}"
        _log.error("no usable web configuration", extra={"error": text})
        return COULD_NOT_TELL
    try:
        listeners = _bind_all(listen)
    except (OSError, ValueError) as error:
        _log.error("cannot listen", extra={"error": str(error)})
        return COULD_NOT_TELL
    board = LatestReport(initial)
    endpoints = pages(
        board,
        interval=interval,
        report_as_dict=report_as_dict,
        paths=companion.rows if companion else tuple,
        beside=companion.families if companion else tuple,
    )
    cycle = Cycle(evaluate, board, interval=interval, deadline=_DEADLINE)

    def reload() -> None:
        _log.info("asked to look again")
        if tls:
            tls.look_again()
        cycle.wake()

    server = Server(Router(endpoints))
    if tls:
        server = Server(Router(tls.guard(endpoints)), tls=tls.context)
    asyncio.run(_serve(server, listeners, cycle, companion, reload))
    return 0


def _bind_all(listen: Sequence[str]) -> list[socket.socket]:
    addresses = [parse_listen(text) for text in listen]
    with ExitStack() as until_all_are_bound:
        listeners = [
            until_all_are_bound.enter_context(listener)
            for address in addresses
            for listener in bind(address)
        ]
        until_all_are_bound.pop_all()
    return listeners


async def _serve(
    server: Server,
    listeners: Sequence[socket.socket],
    cycle: Cycle,
    companion: BackgroundTask | None,
    reload: Callable[[], None],
) -> None:
    stopped = _stop_signal()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
    # Clients are queued from now on, and answered a moment later.
    _log.info("listening", extra={"at": " ".join(map(name, listeners))})
    with _heeding_uevents(cycle.wake), _accompanied(companion):
        turning = asyncio.ensure_future(cycle.run())
        reported = asyncio.ensure_future(cycle.published.wait())
        await _first_of(turning, stopped, reported, seconds=_FIRST_REPORT)
        reported.cancel()
        await server.start(listeners)
        await _first_of(turning, stopped)
    await server.stop()
    if turning.done():
        turning.result()  # it never ends by itself: show what broke it
    turning.cancel()


async def _first_of(
    *futures: asyncio.Future[Any], seconds: float | None = None
) -> None:
    await asyncio.wait(futures, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def _stop_signal() -> asyncio.Future[None]:
    """Return a future that is done when the process is asked to end."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()

    def stop() -> None:
        if not stopped.done():
            stopped.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopped


@contextmanager
def _accompanied(companion: BackgroundTask | None) -> Iterator[None]:
    """Run *companion* meanwhile; what breaks it breaks nothing else."""
    if companion is None:
        yield
        return
    task = asyncio.ensure_future(companion.run())
    task.add_done_callback(_tell_end)
    yield
    task.cancel()


def _tell_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        _log.error("path probing has ended", exc_info=task.exception())


@contextmanager
def _heeding_uevents(on_news: Callable[[], None]) -> Iterator[None]:
    """Call *on_news* when the module comes or goes, where the kernel tells."""
    try:
        events = uevents.open_socket()
    except OSError as error:
        _log.info("no uevents, evaluating by time only", extra={"error": str(error)})
        yield
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            if uevents.drain(events):
                on_news()
        except OSError as error:
            loop.remove_reader(events)
            _log.warning("uevents ended", extra={"error": str(error)})

    loop.add_reader(events, read)
    try:
        yield
    finally:
        loop.remove_reader(events)
        events.close()
