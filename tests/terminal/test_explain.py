"""The meaning of names, as the command `explain` gives it."""

import io
import re

import pytest

from agent.checks import discover
from agent.checks.context import Check
from agent.findings import Reason
from agent.terminal.explain import explain, write_explanation
from agent.verdict.meanings import MEANINGS
from agent.verdict.platforms import Platform
from tests.terminal.test_progress import Terminal


@pytest.mark.parametrize("check", discover(), ids=lambda check: check.name)
def test_check(check: Check) -> None:
    """Title and explanation, wrapped for a terminal."""
    text = explain(check.name) or ""

    assert text.startswith(f"{check.name}: {check.title}\n\n  ")
    assert " ".join(check.explanation.split()) in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("reason", Reason)
def test_reason(reason: Reason) -> None:
    """Its meaning, however the name is written."""
    text = explain(reason.value.upper()) or ""

    assert text.startswith(f"{reason.value}: {MEANINGS[reason]}\n")
    assert text == explain(reason.value)


def test_remedies_of_a_reason() -> None:
    """One for each system that has its own, and the one for all others."""
    text = " ".join((explain("Blacklisted") or "").split())

    assert "what to do" in text
    assert f"{Platform.BOTTLEROCKET.value}: run `apiclient set" in text
    assert "elsewhere: hide FILE with an empty file" in text
    assert "elsewhere" not in (explain("FactTimeout") or "")
    assert "what to do" not in (explain("AsExpected") or "")


def test_all_names() -> None:
    """The overview has every check and every reason."""
    lines = (explain("all") or "").splitlines()

    for name in (*(c.name for c in discover()), *(r.value for r in Reason)):
        assert sum(line.startswith(f"  {name} ") for line in lines) == 1


@pytest.mark.parametrize("name", ["all", "kmod_alias", "Blacklisted"])
def test_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """On a terminal lines end where it ends, and say the same."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, file = Terminal(), io.StringIO()

    assert write_explanation(name, terminal)
    assert write_explanation(name, file)

    shown = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;;.*?\x1b\\", "", terminal.getvalue())
    assert "\x1b[1m" in terminal.getvalue()
    assert shown.split() == file.getvalue().split()
    assert max(map(len, shown.splitlines()[1:])) <= 64  # one word may be longer
    assert file.getvalue() == explain(name)


def test_unknown_name() -> None:
    """What is neither is not explained."""
    assert explain("Nonsense") is None
