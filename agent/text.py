"""The report for people at a terminal: verdict first, then what led to it."""

import io
import os
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Report,
    State,
    Status,
)
from agent.printable import printable

_PLAIN_WIDTH = 100
_COMPLIANCE_STYLES = {
    Compliance.TRUE: "bold green",
    Compliance.FALSE: "bold red",
    Compliance.UNKNOWN: "bold yellow",
}
_STYLES = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "bold red",
    Status.UNKNOWN: "magenta",
    Status.SKIP: "dim",
}
_ORDER = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.PASS, Status.SKIP)


def write_report(report: Report, stream: TextIO) -> None:
    """Write *report* to *stream*, in colour if that is a terminal."""
    terminal = stream.isatty()
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=terminal,
        highlight=False,
        emoji=False,
        markup=False,
        no_color=bool(os.environ.get("NO_COLOR")) or not terminal,
        width=None if terminal else _PLAIN_WIDTH,
        legacy_windows=False,
    )
    _write_verdict(console, report)
    console.print()
    _write_checks(console, report.checks)
    lines = buffer.getvalue().splitlines()
    stream.writelines(f"{line.rstrip()}\n" for line in lines)


def headline(report: Report) -> str:
    """Return the verdict in one sentence, as one would say it aloud."""
    verdict = report.verdict
    if report.expectation == Expectation.FORBIDDEN:
        return {
            Compliance.TRUE: "SCTP is shut out, as intended",
            Compliance.FALSE: "SCTP is available although it is forbidden",
            Compliance.UNKNOWN: "whether SCTP is shut out is not known",
        }[verdict.compliant]
    now, later = verdict.state, verdict.boot_state
    if State.UNKNOWN in {now, later} and State.UNAVAILABLE not in {now, later}:
        when = "now" if now == State.UNKNOWN else "after a reboot"
        return f"whether SCTP works {when} is not known"
    if now == State.UNKNOWN:
        return "SCTP will not work after a reboot; whether it does now is not known"
    if not now.usable:
        works = {State.UNAVAILABLE: "and will not", State.UNKNOWN: "and may not"}
        again = works.get(later, "but will")
        return f"SCTP does not work now {again} after a reboot"
    if not later.usable:
        return "SCTP works now but will not after a reboot"
    if now == State.ON_DEMAND:
        return "SCTP can be used, the first socket will load it; also after a reboot"
    return "SCTP works and will after a reboot"


def _write_verdict(console: Console, report: Report) -> None:
    verdict = report.verdict
    style = _COMPLIANCE_STYLES[verdict.compliant]
    node = Text(f"{printable(report.node)}: ", style="bold")
    console.print(node.append(headline(report), style=style))
    console.print()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("now", verdict.state.value)
    grid.add_row("after a reboot", verdict.boot_state.value)
    grid.add_row("expectation", report.expectation.value)
    grid.add_row("as expected", Text(verdict.compliant.value, style=style))
    grid.add_row("reason", f"{verdict.reason.value}: {printable(verdict.message)}")
    if verdict.remedy:
        grid.add_row("remedy", Text(printable(verdict.remedy), style="bold"))
    system = ", ".join(filter(None, (report.os_name, report.kernel_release)))
    grid.add_row("system", printable(system))
    console.print(grid)


def _write_checks(console: Console, checks: tuple[CheckResult, ...]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for check in sorted(checks, key=lambda c: _ORDER.index(c.finding.status)):
        status = check.finding.status
        style = _STYLES[status]
        grid.add_row(Text(status.value, style=style), check.name, _details(check))
    console.print(grid)


def _details(check: CheckResult) -> Text:
    finding = check.finding
    text = Text(printable(finding.message))
    if finding.status in {Status.PASS, Status.SKIP}:
        text.stylize("dim")
        return text
    for origin in finding.evidence:
        shown = f"{origin}: {origin.text}" if origin.text else f"{origin}"
        text.append(f"\n{printable(shown)}", style="cyan")
    if finding.remedy:
        text.append(f"\nremedy: {printable(finding.remedy)}")
    return text
