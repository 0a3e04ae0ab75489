"""How wide text is: as the terminal, or as somebody without one says."""

import io

import pytest

from agent.terminal.console import writing_to


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        pytest.param(None, 100, id="nobody says"),
        pytest.param("72", 72, id="through kubectl exec"),
        pytest.param("200", 200, id="wide"),
        pytest.param("7", 100, id="too narrow to read"),
        pytest.param("39", 100, id="narrower than a name"),
        pytest.param("-80", 100, id="no number"),
        pytest.param("99999", 100, id="no screen"),
    ],
)
def test_width(
    columns: str | None, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe is 100 columns wide, or what COLUMNS has."""
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    with writing_to(io.StringIO()) as console:
        assert console.width == width
