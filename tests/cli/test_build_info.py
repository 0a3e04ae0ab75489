"""What `--version` prints: as exporters do, with a revision where one is known."""

from pathlib import Path

import pytest

from agent import __version__
from agent.cli import build_info


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        pytest.param(None, "", id="a checkout"),
        pytest.param("unknown\n", "", id="built from no checkout"),
        pytest.param("4d7e1c\n", " (revision: 4d7e1c)", id="an image"),
    ],
)
def test_revision(
    left: str | None, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line is the program, its version, and then what is known besides."""
    if left is not None:
        (tmp_path / "revision.txt").write_text(left)
    monkeypatch.setattr(build_info, "_REVISION", str(tmp_path / "revision.txt"))

    first = build_info.describe().partition("\n")[0]
    assert first == f"sctp-node-agent, version {__version__}{shown}"
