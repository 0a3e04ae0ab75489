"""The commands `respond` and `probe`."""

import asyncio
import ipaddress
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from agent import __version__
from agent.cli.settings import UsageError
from agent.daemon import logs
from agent.echo import presence
from agent.echo.attempt_log import error_name
from agent.echo.client import attempt
from agent.echo.message import Identity
from agent.echo.outcome import Attempt, FailureClass, Stage
from agent.echo.output import Probed, write_json, write_text
from agent.echo.resolve import FAMILIES, Address, resolve
from agent.echo.responder import Responder
from agent.hostport import Target, parse_target
from agent.report.exit_codes import AS_EXPECTED, COULD_NOT_TELL, NOT_AS_EXPECTED
from agent.terminal.progress import shown_while

_LAST_PORT = 0xFFFF
_PAUSE = 1.0  # seconds between two attempts
_MOST_ATTEMPTS = 100_000
_LONGEST = 600.0  # seconds
_UNTOLD = {FailureClass.RESOLVE, FailureClass.NO_SCTP}
_NOTHING_SENT = {"EADDRINUSE", "EADDRNOTAVAIL"}


def run_respond(settings: Namespace) -> int:
    """Answer probes until SIGTERM or SIGINT; return the exit code."""
    if not 0 < settings.listen_port < _LAST_PORT:  # the next port is needed, too
        raise UsageError(
            f"--listen-port {settings.listen_port}: not within 1 and {_LAST_PORT - 1}"
        )
    for address in settings.listen_address:
        if not _is_address(address):
            raise UsageError(f"--listen-address {address}: is no address")
    logs.configure(level=settings.log_level, form=settings.log_format)
    responder = Responder(Identity(settings.node_name, __version__))
    with suppress(asyncio.CancelledError):
        asyncio.run(_respond(responder, settings.listen_port, settings.listen_address))
    return AS_EXPECTED


def run_probe(settings: Namespace) -> int:
    """Probe one target, write what came of it, and return the exit code."""
    try:
        target = parse_target(settings.target)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not 1 <= settings.count <= _MOST_ATTEMPTS:
        raise UsageError(f"--count {settings.count}: not within 1 and {_MOST_ATTEMPTS}")
    if not 0 < settings.deadline <= _LONGEST:
        raise UsageError(f"--deadline {settings.deadline:g}: not within 0 and 600 s")
    if not 0 <= settings.source_port <= _LAST_PORT:
        raise UsageError(f"--source-port {settings.source_port}: no such port")
    source = settings.source_address
    if source and not _is_address(source):
        raise UsageError(f"--source-address {source}: is no address")
    with shown_while(f"probing {settings.target}", sys.stderr):
        probed = asyncio.run(_probe(settings, target))
    write = write_json if settings.output == "json" else write_text
    write(probed, sys.stdout)
    sys.stdout.flush()
    return exit_code(probed.attempts)


def exit_code(attempts: Sequence[Attempt]) -> int:
    """Return 1 when a path proved broken, else 2 when one was not tried, else 0."""
    failed = [attempt for attempt in attempts if attempt.failure]
    untold = [
        each
        for each in failed
        if each.failure in _UNTOLD or each.error in _NOTHING_SENT
    ]
    if len(failed) > len(untold):
        return NOT_AS_EXPECTED
    return COULD_NOT_TELL if untold else AS_EXPECTED


async def _respond(responder: Responder, port: int, addresses: Sequence[str]) -> None:
    serving = asyncio.ensure_future(responder.run(port, addresses=addresses))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    await serving


async def _probe(settings: Namespace, target: Target) -> Probed:
    began = time.perf_counter()
    try:
        addresses = await resolve(
            target.host,
            family=FAMILIES[settings.family],
            deadline=settings.deadline,
        )
    except OSError as error:
        took = time.perf_counter() - began
        failed = Attempt(
            FailureClass.RESOLVE,
            Stage.RESOLVE,
            error_name(error),
            phases=((Stage.RESOLVE, took),),
            seconds=took,
        )
        return Probed(target, "", (failed,))
    took = time.perf_counter() - began
    first = await _attempt(settings, addresses[0], target.port)
    attempts = [replace(first, phases=((Stage.RESOLVE, took), *first.phases))]
    while len(attempts) < settings.count:
        await asyncio.sleep(_PAUSE)
        attempts.append(await _attempt(settings, addresses[0], target.port))
    return Probed(target, addresses[0].host, tuple(attempts))


async def _attempt(settings: Namespace, address: Address, port: int) -> Attempt:
    permitted = presence.in_kernel
    return await attempt(
        (address.host, port),
        family=address.family,
        deadline=settings.deadline,
        source=settings.source_address,
        source_port=settings.source_port,
        expected=settings.expect_node,
        permitted=(lambda: True) if settings.allow_autoload else permitted,
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
