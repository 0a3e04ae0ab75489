"""What a check, a reason or an alert means, in words, for people at a terminal."""

import textwrap
from typing import TextIO

from rich.style import Style
from rich.text import Text

from agent.checks import discover
from agent.checks.context import Check
from agent.findings import Reason
from agent.report.links import address
from agent.runbooks import library
from agent.terminal.console import link, writing_to
from agent.terminal.runbook import runbook, summary
from agent.verdict.meanings import MEANINGS
from agent.verdict.platforms import Platform
from agent.verdict.remedies import remedies_by_platform

_WIDTH, _WIDEST = 78, 100


def write_explanation(name: str, stream: TextIO) -> bool:
    """Write the explanation of *name*, as wide as a terminal; False if unknown."""
    with writing_to(stream) as console:
        terminal = console.is_terminal
        width = min(console.width, _WIDEST) if terminal else _WIDTH
        text = explain(name, width=width, wrap_names=terminal)
        if text is None:
            return False
        title, _, rest = text.partition("\n")
        subject = title.partition(":")[0]
        style = Style(bold=True)
        if ":" in title:
            style += link(console, address(subject))
        heading = Text(subject, style=style).append(
            title[len(subject) :], style="not bold"
        )
        console.print(heading, soft_wrap=not terminal)
        console.print(Text(rest), soft_wrap=True, end="")
        return True


def explain(name: str, *, width: int = _WIDTH, wrap_names: bool = False) -> str | None:
    """Return the explanation of the check, reason or alert *name*, None if unknown.

    Lines are at most *width* characters long; in the list of all names they are one
    for each name, unless *wrap_names*.
    """
    checks = {check.name: check for check in discover()}
    if name == "all":
        return _overview(checks, width if wrap_names else 0)
    if name in checks:
        return _check(checks[name], width)
    folded = name.lower()
    for reason in Reason:
        if reason.value.lower() == folded:
            return _reason(reason, width)
    page = library.find(name)
    return runbook(library.text(page), width) if page else None


def _overview(checks: dict[str, Check], width: int) -> str:
    lines = ["checks", ""]
    lines += [_row(check.name, check.title, 22, width) for check in checks.values()]
    lines += ["", "reasons", ""]
    lines += [_row(reason.value, MEANINGS[reason], 28, width) for reason in Reason]
    lines += ["", "runbooks", ""]
    for name in library.names():
        lines.append(_row(name, summary(library.text(name)), 28, width))
    return "\n".join(lines) + "\n"


def _row(name: str, text: str, column: int, width: int) -> str:
    if not width:
        return f"  {name:{column}} {text}"
    indent = " " * (column + 3)
    paragraph = textwrap.fill(
        text,
        max(width, 2 * len(indent)),
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return f"  {name:{column}} {paragraph[len(indent) :]}"


def _check(check: Check, width: int) -> str:
    return f"{check.name}: {check.title}\n\n{_wrap(check.explanation, width)}\n"


def _reason(reason: Reason, width: int) -> str:
    text = f"{reason.value}: {MEANINGS[reason]}\n"
    by_platform = remedies_by_platform(reason)
    if by_platform:
        text += "\nwhat to do\n"
    for platform, remedy in by_platform.items():
        name = "elsewhere" if platform == Platform.UNKNOWN else platform.value
        line = remedy if len(by_platform) == 1 else f"{name}: {remedy}"
        text += f"\n{_wrap(line, width)}\n"
    return text


def _wrap(text: str, width: int) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
