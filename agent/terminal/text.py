"""The report for people at a terminal: verdict first, then what led to it."""

from typing import TextIO

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from agent.findings import CheckResult, Compliance, Report, Status
from agent.printable import printable
from agent.report import links
from agent.report.headline import headline
from agent.terminal.console import link, writing_to
from agent.times import rfc3339

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
    with writing_to(stream) as console:
        print_report(console, report)


def print_report(console: Console, report: Report) -> None:
    """Print *report*; names of checks and reasons lead to their documentation."""
    _write_verdict(console, report)
    console.print()
    _write_checks(console, report.checks)
    if report.workloads and (report.workloads.users or report.workloads.problems):
        from agent.terminal.workloads import print_workloads

        console.print()
        print_workloads(console, report.workloads)


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
    for what, name in (("pool", report.pool), ("cluster", report.cluster)):
        if name:
            grid.add_row(what, printable(name))
    grid.add_row("expectation", report.expectation.value)
    grid.add_row("as expected", Text(verdict.compliant.value, style=style))
    reason = Text(verdict.reason.value, style=_link(console, verdict.reason.value))
    grid.add_row("reason", reason.append(f": {printable(verdict.message)}", style=""))
    if verdict.remedy:
        grid.add_row("remedy", Text(printable(verdict.remedy), style="bold"))
    system = ", ".join(filter(None, (report.os_name, report.kernel_release)))
    grid.add_row("system", printable(system))
    if changed := report.facts.get("last_change"):
        moment = rfc3339(changed["time"])
        grid.add_row("written last", printable(f"{changed['path']}, {moment}"))
    console.print(grid)


def _write_checks(console: Console, checks: tuple[CheckResult, ...]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for check in sorted(checks, key=lambda c: _ORDER.index(c.finding.status)):
        status = check.finding.status
        style = _STYLES[status]
        name = Text(check.name, style=_link(console, check.name))
        grid.add_row(Text(status.value, style=style), name, _details(check))
    console.print(grid)


def _link(console: Console, name: str) -> Style:
    return link(console, links.address(name))


def _details(check: CheckResult) -> Text:
    finding = check.finding
    text = Text(printable(finding.message))
    if finding.status in {Status.PASS, Status.SKIP}:
        text.stylize("dim")
        return text
    for origin in finding.evidence:
        line = f"{origin}: {origin.text}" if origin.text else f"{origin}"
        text.append(f"\n{printable(line)}", style="cyan")
    if finding.remedy:
        text.append(f"\nremedy: {printable(finding.remedy)}")
    return text
