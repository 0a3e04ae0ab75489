"""The templates as the image has them: compiled, and the same page."""

from pathlib import Path

import pytest
from jinja2.loaders import DictLoader

from agent.http.message import Request
from agent.report.latest import LatestReport
from agent.web import templating
from agent.web.compiling import compile_templates
from agent.web.page import Page
from agent.web.runbooks import runbooks
from tests.reports import SAMPLE


def _pages() -> list[bytes]:
    board = LatestReport(SAMPLE, clock=lambda: 1000.0)
    asked = Request("GET", "/", {})
    overview = runbooks()["/runbooks/"]
    return [Page(board, interval=15, patience=60)(asked).body, overview(asked).body]


def test_compiled_templates_make_the_same_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are enough: the templates themselves are not looked at."""
    monkeypatch.setattr(templating, "COMPILED", str(tmp_path / "none"))
    expected = _pages()

    compile_templates(str(tmp_path / "compiled"))
    monkeypatch.setattr(templating, "COMPILED", str(tmp_path / "compiled"))
    monkeypatch.setattr(templating, "sources", lambda: DictLoader({}))

    assert _pages() == expected
