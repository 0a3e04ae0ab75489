"""The kubectl that renders: one that knows components."""

from pathlib import Path

from tests.manifests.newer import program as newer
from tests.vm.tools import run

_SECONDS = 300.0


def program() -> Path:
    """Return kubectl."""
    return newer("kubectl")


def kustomize(folder: Path) -> str:
    """Return what `kubectl kustomize` prints for *folder*."""
    # It ends before its memory matters.
    no_collector = {"GOGC": "off"}
    argv: list[str | Path] = [program(), "kustomize", folder]
    return run(argv, environment=no_collector, seconds=_SECONDS)
