"""What a check or a reason means, in words, for people at a terminal."""

import textwrap

from agent.checks import discover
from agent.checks.subject import Check
from agent.findings import Reason
from agent.platforms import Platform
from agent.reasons import MEANINGS
from agent.remedies import remedies_by_platform

_WIDTH = 78


def explain(name: str) -> str | None:
    """Return the explanation of the check or reason *name*, None if unknown."""
    checks = {check.name: check for check in discover()}
    if name == "all":
        return _overview(checks)
    if name in checks:
        return _check(checks[name])
    wanted = name.lower()
    for reason in Reason:
        if reason.value.lower() == wanted:
            return _reason(reason)
    return None


def _overview(checks: dict[str, Check]) -> str:
    lines = ["checks", ""]
    lines += [f"  {check.name:22} {check.title}" for check in checks.values()]
    lines += ["", "reasons", ""]
    lines += [f"  {reason.value:28} {MEANINGS[reason]}" for reason in Reason]
    return "\n".join(lines) + "\n"


def _check(check: Check) -> str:
    return f"{check.name}: {check.title}\n\n{_wrapped(check.explanation)}\n"


def _reason(reason: Reason) -> str:
    text = f"{reason.value}: {MEANINGS[reason]}\n"
    by_platform = remedies_by_platform(reason)
    if by_platform:
        text += "\nwhat to do\n"
    for platform, remedy in by_platform.items():
        name = "elsewhere" if platform == Platform.UNKNOWN else platform.value
        shown = remedy if len(by_platform) == 1 else f"{name}: {remedy}"
        text += f"\n{_wrapped(shown)}\n"
    return text


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
