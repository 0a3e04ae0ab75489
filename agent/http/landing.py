"""The page for people: the verdict, every check with its evidence, what changed."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus

from agent.board import Board, Transition
from agent.findings import CheckResult, Origin, Report
from agent.http.message import Response

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; line-height: 1.5; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .4rem .8rem .4rem 0;
  text-align: left; vertical-align: top; }
code { overflow-wrap: anywhere; }
.good { color: #1a7f37; } .bad { color: #d1242f; } .unsure { color: #9a6700; }
.good, .bad, .unsure { font-weight: 600; white-space: nowrap; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_MOODS = {
    "good": {"ready", "on_demand", "true", "pass"},
    "bad": {"unavailable", "false", "fail"},
    "unsure": {"unknown", "warn"},
}
_LINKS = ("/metrics", "/report", "/-/healthy", "/-/ready")


def landing(board: Board) -> Response:
    """Return the page; whatever comes from the node is escaped."""
    page = "\n".join(_page(board))
    # What is not Unicode in a file of the node is shown as escapes.
    body = page.encode("utf-8", "backslashreplace")
    headers = (("Content-Security-Policy", _POLICY),)
    return Response(HTTPStatus.OK, body, "text/html; charset=utf-8", headers)


def _page(board: Board) -> Iterator[str]:
    report = board.report
    title = f"SCTP on {escape(report.node)}"
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{title}</h1>"
    yield from _verdict(report)
    yield f"<p>Evaluated {board.age:.0f} s ago.</p>" if board.ready else ""
    yield "<h2>Checks</h2><table>"
    yield "<tr><th>Status</th><th>Check</th><th>Finding</th></tr>"
    yield from map(_check, report.checks)
    yield "</table>"
    yield from _changes(board.history)
    yield "<p>" + " · ".join(f'<a href="{p}">{p}</a>' for p in _LINKS) + "</p>"
    yield "<footer>sctp-node-agent " + escape(report.agent_version)
    yield f"on Linux {escape(report.kernel_release)}, {escape(report.os_name)}"
    yield "</footer></body></html>"


def _verdict(report: Report) -> Iterator[str]:
    verdict = report.verdict
    rows = (
        ("Now", _answer(verdict.state.value)),
        ("After a reboot", _answer(verdict.boot_state.value)),
        ("Intended", escape(report.expectation.value)),
        ("As intended", _answer(verdict.compliant.value)),
        ("Reason", escape(verdict.reason.value)),
    )
    yield "<table>"
    for name, cell in rows:
        yield f"<tr><th>{name}</th><td>{cell}</td></tr>"
    yield "</table>"
    yield f"<p>{escape(verdict.message)}</p>"
    yield _remedy(verdict.remedy)


def _check(check: CheckResult) -> str:
    finding = check.finding
    return (
        f"<tr><td>{_answer(finding.status.value)}</td>"
        f"<td><code>{escape(check.name)}</code></td>"
        f"<td>{escape(finding.message)}{_evidence(finding.evidence)}"
        f"{_remedy(finding.remedy)}</td></tr>"
    )


def _evidence(origins: Iterable[Origin]) -> str:
    return "".join(
        f"<br><code>{escape(str(origin))}</code> {escape(origin.text)}"
        for origin in origins
    )


def _remedy(remedy: str) -> str:
    return f"<p>Remedy: {escape(remedy)}</p>" if remedy else ""


def _changes(history: tuple[Transition, ...]) -> Iterator[str]:
    if not history:
        return
    yield "<h2>Changes since the start of the agent</h2><table>"
    for change in history:
        moment = datetime.fromtimestamp(change.time, UTC)
        yield (
            f"<tr><td>{moment:%Y-%m-%d %H:%M:%S} UTC</td>"
            f"<td>{escape(change.subject)}</td>"
            f"<td>{escape(change.before)} → {escape(change.after)}</td>"
            f"<td>{escape(change.why)}</td></tr>"
        )
    yield "</table>"


def _answer(answer: str) -> str:
    moods = [mood for mood, answers in _MOODS.items() if answer in answers]
    mood = moods[0] if moods else "neutral"
    return f'<span class="{mood}">{escape(answer)}</span>'
