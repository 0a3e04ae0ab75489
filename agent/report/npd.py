"""The one line that node-problem-detector's custom plugin monitor reads."""

from agent.findings import Report, Status
from agent.printable import printable
from agent.report.exit_codes import COULD_NOT_TELL, EXIT_CODES

_LIMIT = 80  # bytes; the detector cuts what is longer (max_output_length)
_GOOD = frozenset({Status.PASS, Status.SKIP})


def line(report: Report) -> str:
    """Return reason, place and message in at most 80 bytes, in that order."""
    verdict = report.verdict
    place = _place(report)
    where = f" at {place}" if place else ""
    text = printable(f"{verdict.reason.value}{where}: {verdict.message}")
    data = text.encode()
    if len(data) <= _LIMIT:
        return text
    return data[: _LIMIT - 3].decode(errors="ignore") + "..."


def status(report: Report, *, overdue: bool) -> str:
    """Return exit code and line, for a plugin that asks the running agent.

    With *overdue* the report is too old to be anything but unknown.
    """
    if overdue:
        return f"{COULD_NOT_TELL} the agent has not evaluated lately"
    return f"{EXIT_CODES[report.verdict.compliant]} {line(report)}"


def _place(report: Report) -> str:
    """Return where the verdict's reason was found: what a person needs first."""
    for check in report.checks:
        finding = check.finding
        decisive = finding.reason == report.verdict.reason
        if decisive and finding.evidence and finding.status not in _GOOD:
            return str(finding.evidence[0])
    return ""
