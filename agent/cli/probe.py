"""The commands `respond` and `probe`."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from agent import __version__
from agent.cli.settings import ProbeSettings, RespondSettings
from agent.daemon import logs
from agent.echo import presence
from agent.echo.client import attempt
from agent.echo.message import Identity
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.echo.output import Probed, write_json, write_text
from agent.echo.resolve import FAMILIES, Address, resolve
from agent.echo.responder import Responder
from agent.errno_names import error_name
from agent.report.exit_codes import (
    AS_EXPECTED,
    COULD_NOT_TELL,
    INTERRUPTED,
    NOT_AS_EXPECTED,
)
from agent.terminal.progress import shown_while

_PAUSE = 1.0  # seconds between two attempts
_UNTOLD = {FailureClass.RESOLVE, FailureClass.NO_SCTP}
_NOTHING_SENT = {"EADDRINUSE", "EADDRNOTAVAIL"}


def run_respond(settings: RespondSettings) -> int:
    """Answer probes until SIGTERM or SIGINT; return the exit code."""
    logs.configure(level=settings.log_level, form=settings.log_format)
    responder = Responder(Identity(settings.node_name, __version__))
    with suppress(asyncio.CancelledError):
        asyncio.run(_respond(responder, settings.listen_port, settings.listen_address))
    return AS_EXPECTED


def run_probe(settings: ProbeSettings) -> int:
    """Probe one target, write what came of it, and return the exit code.

    Interrupted, it writes what was tried until then.
    """
    outcome = _Outcome()
    where = f"{settings.target.host}:{settings.target.port}"
    with shown_while(f"probing {where}", sys.stderr):
        try:
            asyncio.run(_probe(settings, outcome))
        except KeyboardInterrupt:
            if not outcome.attempts:
                raise
            outcome.interrupted = True
    write = write_json if settings.output == "json" else write_text
    attempts = tuple(outcome.attempts)
    write(Probed(settings.target, outcome.address, attempts), sys.stdout)
    sys.stdout.flush()
    return INTERRUPTED if outcome.interrupted else exit_code(attempts)


def exit_code(attempts: Sequence[Attempt]) -> int:
    """Return 1 when a path proved broken, else 2 when one was not tried, else 0."""
    failures = [attempt for attempt in attempts if attempt.failure]
    untold = [
        each
        for each in failures
        if each.failure in _UNTOLD or each.error in _NOTHING_SENT
    ]
    if len(failures) > len(untold):
        return NOT_AS_EXPECTED
    return COULD_NOT_TELL if untold else AS_EXPECTED


async def _respond(responder: Responder, port: int, addresses: Sequence[str]) -> None:
    serving = asyncio.ensure_future(responder.run(port, addresses=addresses))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    await serving


@dataclass(slots=True)
class _Outcome:
    """What came of the attempts so far, at *address*."""

    address: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    interrupted: bool = False


async def _probe(settings: ProbeSettings, outcome: _Outcome) -> None:
    began = time.perf_counter()
    try:
        addresses = await resolve(
            settings.target.host,
            family=FAMILIES[settings.family],
            deadline=settings.deadline,
        )
    except OSError as error:
        took = time.perf_counter() - began
        failure = Attempt(
            FailureClass.RESOLVE,
            Stage.RESOLVE,
            error_name(error),
            phases=((Stage.RESOLVE, took),),
            seconds=took,
        )
        outcome.attempts.append(failure)
        return
    took = time.perf_counter() - began
    outcome.address = addresses[0].host
    first = await _attempt(settings, addresses[0])
    outcome.attempts.append(
        replace(first, phases=((Stage.RESOLVE, took), *first.phases))
    )
    while len(outcome.attempts) < settings.count:
        await asyncio.sleep(_PAUSE)
        outcome.attempts.append(await _attempt(settings, addresses[0]))


async def _attempt(settings: ProbeSettings, address: Address) -> Attempt:
    permitted = presence.in_kernel
    return await attempt(
        (address.host, settings.target.port),
        family=address.family,
        deadline=settings.deadline,
        source=settings.source_address,
        source_port=settings.source_port,
        responder=settings.expect_node,
        permitted=(lambda: True) if settings.allow_autoload else permitted,
    )
