"""The daemon: evaluations, endpoints and the kernel's events in one process."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from agent.daemon import files, own_metrics, uevents
from agent.daemon.background import BackgroundTask, RequestWatcher
from agent.daemon.loop import Cycle
from agent.daemon.notify import Notify
from agent.daemon.reload import Reload
from agent.daemon.service import Service
from agent.findings import Report
from agent.hostfs.watches import Watches
from agent.hostport import parse_listen
from agent.http.addresses import bind, name
from agent.http.live_config import LiveConfig
from agent.http.parallel import Parallel
from agent.http.router import Handler, Router
from agent.http.server import Server
from agent.report.exit_codes import COULD_NOT_TELL
from agent.report.latest import LatestReport
from agent.report.metric_families import Metric
from agent.web.endpoints import pages, patience_with
from agent.web.metrics import Metrics
from agent.web.news import NEWS, News
from agent.web.own_paths import METRICS

_DEADLINE = 60.0  # more than the deadlines inside an evaluation add up to

# Whoever asks before the first report waits so many seconds for it: a restart must not
# answer a scrape with "unknown", which would end the alerts of a broken node.
_FIRST_REPORT = 3.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where and how pages are served.

    *listen* are addresses as *parse_listen* reads them, *config* is the file of a web
    configuration, "" for none. Metrics are at *metrics*, for *most_scrapes* clients at
    a time (0: any number), those of the process among them if *tells_of_itself*.
    """

    listen: Sequence[str]
    config: str = ""
    metrics: str = METRICS
    most_scrapes: int = 0
    tells_of_itself: bool = True


def run(  # noqa: PLR0913  # the parts that one process is made of
    evaluate: Callable[[], Report],
    *,
    initial: Report,
    interval: float,
    serving: Serving,
    report_as_dict: Callable[[Report], dict[str, Any]],
    companion: BackgroundTask | None = None,
    watch: RequestWatcher | None = None,
    watches: Watches | None = None,
    beside: Callable[[], Iterable[Metric]] = tuple,
) -> int:
    """Serve reports until SIGTERM or SIGINT; return the process's exit code.

    SIGHUP makes it look again, at the node and at the web configuration.

    *evaluate* may block: it runs in a thread, never twice at a time, every
    *interval* seconds. *initial* is served until it has returned once. Where an
    address cannot be had or the web configuration not be used, the code is 2.
    *watches* tell when what *evaluate* has read is another.
    *companion* and *watch* run beside the evaluations; if one of them breaks, all else
    goes on. *beside* returns what else there is to tell of the process.
    """
    try:
        config = LiveConfig(serving.config) if serving.config else None
    except (OSError, ValueError) as error:
        text = f"{serving.config}: {error}"
        _log.error("no usable web configuration", extra={"error": text})
        return COULD_NOT_TELL
    try:
        listeners = _bind_all(serving.listen)
    except (OSError, ValueError) as error:
        _log.error("cannot listen", extra={"error": str(error)})
        return COULD_NOT_TELL
    board = LatestReport(initial)
    cycle = Cycle(evaluate, board, interval=interval, deadline=_DEADLINE)
    notify = Notify(os.environ)
    reload = Reload(cycle.wake, config, notify)
    patience = patience_with(interval)
    scrapes = Parallel(serving.most_scrapes)
    neighbours: dict[str, BackgroundTask | RequestWatcher] = {}
    if companion:
        neighbours["path probing"] = companion
    news = News()
    board.heed(news.announce)
    if watch:
        neighbours["watching requests"] = watch
        watch.heed(news.announce)

    def own() -> Iterator[Metric]:
        yield from own_metrics.of_clients(server.evicted + scrapes.evicted)
        if config:
            yield from own_metrics.of_config(config)
        yield from beside()

    endpoints: dict[str, Handler] = {NEWS: news}
    endpoints |= pages(
        board,
        interval=interval,
        report_as_dict=report_as_dict,
        paths=companion.rows if companion else tuple,
        metrics=Metrics(
            board,
            beside=lambda: chain.from_iterable(
                n.families() for n in neighbours.values()
            ),
            own=own if serving.tells_of_itself else None,
            path=serving.metrics,
            bound=scrapes,
        ),
        requests=watch.summary if watch else None,
        news=news,
    )
    server = _server(endpoints, {"/-/reload": reload}, config)
    meanwhile = (
        uevents.heeding(cycle.wake),
        files.heeding(watches, cycle.wake),
        _with_companions(neighbours),
    )
    service = Service(notify, reload, lambda: board.age <= patience)
    asyncio.run(_serve(server, listeners, cycle, meanwhile, service))
    return 0


def _server(
    pages_: Mapping[str, Handler],
    actions: Mapping[str, Handler],
    config: LiveConfig | None,
) -> Server:
    if config is None:
        return Server(Router(pages_, actions))
    return Server(
        Router(config.guard(pages_), config.guard(actions)), tls=config.contexts
    )


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
    meanwhile: Iterable[AbstractContextManager[None]],
    service: Service,
) -> None:
    stopped = _stop_signal()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload.soon)
    # Clients are queued from now on, and answered a moment later.
    _log.info("listening", extra={"at": " ".join(map(name, listeners))})
    with ExitStack() as running:
        for each in meanwhile:
            running.enter_context(each)
        turning = asyncio.ensure_future(cycle.run())
        reported = asyncio.ensure_future(cycle.published.wait())
        await _first_of(turning, stopped, reported, seconds=_FIRST_REPORT)
        reported.cancel()
        await server.start(listeners)
        with service.announce(cycle.published):
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
def _with_companions(
    neighbours: Mapping[str, BackgroundTask | RequestWatcher],
) -> Iterator[None]:
    """Run the *neighbours* meanwhile; what breaks it breaks nothing else."""
    tasks = []
    for what, companion in neighbours.items():
        task = asyncio.ensure_future(companion.run())
        task.add_done_callback(partial(_tell_end, what))
        tasks.append(task)
    yield
    for task in tasks:
        task.cancel()


def _tell_end(what: str, task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        _log.error("%s has ended", what, exc_info=task.exception())
