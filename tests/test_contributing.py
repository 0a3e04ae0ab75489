"""The guide to a new check: what it tells a newcomer to write works as it stands."""

import io
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import checks
from agent.findings import Report
from agent.report.prometheus import render
from agent.terminal.text import write_report
from tests.nodes import MakeNode

_GUIDE = Path(__file__).parents[1] / "CONTRIBUTING.md"
_BLOCK = re.compile(r"^   ```(\w+)\n(.*?)^   ```$", re.MULTILINE | re.DOTALL)
_NAME = "kmod_version"
_MODULE = f"{checks.__name__}.{_NAME}"


def _blocks(language: str) -> list[str]:
    guide = _GUIDE.read_text().partition("\n## The rooms")[0]
    return [textwrap.dedent(t) for kind, t in _BLOCK.findall(guide) if kind == language]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the check where checks are found, for the time being."""
    (tmp_path / f"{_NAME}.py").write_text(_blocks("python")[0])
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    yield
    del sys.modules[_MODULE], checks.kmod_version  # type: ignore[attr-defined]


@pytest.mark.usefixtures("written")
def test_check_passes_the_test_beside_it(make_node: MakeNode) -> None:
    """Every row of its table, on nodes as they are made for all checks."""
    names: dict[str, Any] = {}
    exec(compile(_blocks("python")[1], _GUIDE, "exec"), names)  # noqa: S102  # ours
    finding: Callable[..., None] = names["test_finding"]
    (table,) = finding.pytestmark  # type: ignore[attr-defined]
    fields, rows = table.args

    assert len(rows) == 3
    for row in rows:
        finding(make_node, **dict(zip(fields, row.values, strict=True)))


@pytest.mark.usefixtures("written")
def test_lines_that_the_guide_shows(make_node: MakeNode) -> None:
    """What a terminal and a scrape say of it is what a newcomer will see."""
    report, terminal = make_node().report(), io.StringIO()
    write_report(report, terminal)
    lines = [*terminal.getvalue().splitlines(), *_metrics(report)]
    (console,) = _blocks("console")
    shown = [line for line in console.splitlines() if not line.startswith("$ ")]

    assert len(shown) == 2
    assert [line for line in shown if line not in lines] == []


def _metrics(report: Report) -> list[str]:
    return render(report, openmetrics=False).decode().splitlines()
