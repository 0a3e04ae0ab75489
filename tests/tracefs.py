"""The stand-in for the kernel's tracefs as a fixture."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.hostfs import tracefs
from tests.tracefs_kernel import Kernel, play


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    """Return a kernel whose tracefs is mounted."""
    (tmp_path / "node/proc").mkdir(parents=True)
    (tmp_path / "node/proc/version").touch()
    node_kernel = Kernel(tmp_path / "node")
    play(node_kernel, monkeypatch.setattr)
    monkeypatch.setattr(tracefs, "_BETWEEN", 0.0)
    yield node_kernel
    node_kernel.close()
