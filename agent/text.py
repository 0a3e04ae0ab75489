"""The report for people at a terminal: verdict first, then what led to it."""

import os
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.findings import CheckResult, Compliance, Report, State, Status
from agent.printable import printable

_PLAIN_WIDTH = 100
_STATE_WORDS = {
    State.READY: "works",
    State.ON_DEMAND: "loads on demand",
    State.UNAVAILABLE: "is not available",
    State.UNKNOWN: "is unknown",
}
_COMPLIANCE_WORDS = {
    Compliance.TRUE: "as expected",
    Compliance.FALSE: "NOT as expected",
    Compliance.UNKNOWN: "could not tell",
}
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
    console = Console(
        file=stream,
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


def _write_verdict(console: Console, report: Report) -> None:
    verdict = report.verdict
    style = _COMPLIANCE_STYLES[verdict.compliant]
    headline = Text.assemble(
        (printable(report.node), "bold"),
        ": SCTP ",
        (_STATE_WORDS[verdict.state], "bold"),
        " now, ",
        (_STATE_WORDS[verdict.boot_state], "bold"),
        " after a reboot: ",
        (_COMPLIANCE_WORDS[verdict.compliant], style),
    )
    console.print(headline)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("expected", report.expectation.value)
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
