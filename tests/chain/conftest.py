"""How long the parts of the chain took, told at the end of the run."""

from collections.abc import Mapping

import pytest

DURATIONS: pytest.StashKey[Mapping[str, float]] = pytest.StashKey()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print each part of the chain with its seconds, if it was run to its end."""
    for part, seconds in config.stash.get(DURATIONS, {}).items():
        terminalreporter.write_line(f"chain: {seconds:5.1f} s {part}")
