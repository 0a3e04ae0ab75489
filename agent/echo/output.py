"""The attempts of one `probe` for people at a terminal, and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.echo.hints import hint
from agent.echo.outcome import Attempt, FailureClass
from agent.hostport import Target
from agent.printable import printable, well_formed
from agent.terminal.console import writing_to

#: Counters that say why; the others, of every packet and chunk, are in the JSON.
_TELLING = frozenset(
    {
        *("SctpAborteds", "SctpOutOfBlues", "SctpChecksumErrors"),
        *("SctpT1InitExpireds", "SctpT1CookieExpireds", "SctpT3Retransmits"),
        *("SctpPmtudRetransmits", "SctpFastRetransmits", "SctpInPktDiscards"),
    }
)


@dataclass(frozen=True, slots=True)
class Probed:
    """What one `probe` did: *address* is "" when the name gave none."""

    target: Target
    address: str
    attempts: tuple[Attempt, ...]

    @property
    def successes(self) -> int:
        """How many attempts were good."""
        return sum(attempt.failure is None for attempt in self.attempts)


def write_json(probed: Probed, stream: TextIO) -> None:
    """Write everything that is known; times are in seconds."""
    document = {
        "target": {"host": probed.target.host, "port": probed.target.port},
        "address": probed.address,
        "success": probed.successes == len(probed.attempts),
        "attempts": [_as_dict(attempt) for attempt in probed.attempts],
    }
    stream.write(json.dumps(well_formed(document), indent=2) + "\n")


def write_text(probed: Probed, stream: TextIO) -> None:
    """Write one line for each attempt, and the last one, or last failed, in full."""
    with writing_to(stream) as console:
        where = _place(probed.address or probed.target.host, probed.target.port)
        console.print(
            Text(f"{printable(where)}: ", style="bold").append(_headline(probed))
        )
        if len(probed.attempts) > 1:
            console.print()
            for number, attempt in enumerate(probed.attempts, 1):
                console.print(
                    Text(f"{number:>4}  ", style="dim").append(_line(attempt))
                )
        console.print()
        failures = [each for each in probed.attempts if each.failure]
        _write_details(console, (failures or probed.attempts)[-1], probed)


def _headline(probed: Probed) -> Text:
    count, good = len(probed.attempts), probed.successes
    if count == 1:
        return _line(probed.attempts[0])
    style = "bold green" if good == count else "bold red"
    return Text(f"{good} of {count} attempts were answered", style=style)


def _line(attempt: Attempt) -> Text:
    took = f"{attempt.seconds * 1000:.1f} ms"
    if attempt.failure is None:
        node = attempt.reply.node if attempt.reply else ""
        return Text(f"{printable(node)} answered, {took}", style="bold green")
    what = attempt.failure.value.replace("_", " ")
    stage = f"in the phase {attempt.stage.value}, {took}"
    untold = {FailureClass.RESOLVE, FailureClass.NO_SCTP}
    style = "bold yellow" if attempt.failure in untold else "bold red"
    return Text(f"{what}, {stage}", style=style)


def _write_details(console: Console, attempt: Attempt, probed: Probed) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in _rows(attempt, probed):
        grid.add_row(name, printable(value))
    advice = hint(attempt)
    if advice:
        grid.add_row("cause", advice.cause)
        grid.add_row("look at", Text(advice.look, style="bold"))
    console.print(grid)


def _rows(attempt: Attempt, probed: Probed) -> Sequence[tuple[str, str]]:
    reply = attempt.reply
    who = f"{reply.node}, agent {reply.version}, as {reply.reached}" if reply else ""
    sizes = " and ".join(str(size) for size in attempt.sizes)
    phases = ", ".join(f"{name} {took * 1000:.1f}" for name, took in attempt.phases)
    counters = ", ".join(
        f"{name} {change:+}"
        for name, change in attempt.counters.items()
        if name in _TELLING
    )
    local = _place(attempt.local, attempt.local_port) if attempt.local else ""
    host_name = probed.target.host if probed.target.host != probed.address else ""
    rows = (
        ("name", host_name),
        ("from", local),
        ("seen as", attempt.seen),
        ("answered", who),
        ("echoed", f"{sizes} bytes" if sizes else ""),
        ("phases, ms", phases),
        ("error", attempt.error),
        ("counters", counters),
    )
    return [row for row in rows if row[1]]


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _as_dict(attempt: Attempt) -> dict[str, Any]:
    reply, advice = attempt.reply, hint(attempt)
    return {
        "success": attempt.failure is None,
        "class": attempt.failure.value if attempt.failure else None,
        "stage": attempt.stage.value,
        "error": attempt.error,
        "seconds": attempt.seconds,
        "phases": {name.value: seconds for name, seconds in attempt.phases},
        "source": {"address": attempt.local, "port": attempt.local_port},
        "seen": attempt.seen,
        "echoed_bytes": list(attempt.sizes),
        "responder": {
            "node": reply.node,
            "version": reply.version,
            "reached": reply.reached,
            "host_addresses": list(reply.host_addresses),
        }
        if reply
        else None,
        "counters": dict(attempt.counters),
        "cause": advice.cause if advice else "",
        "look": advice.look if advice else "",
    }
