"""The configuration of path probes that flags and variables make."""

from collections.abc import Mapping, Sequence

from agent.cli.settings import RunSettings, parse
from agent.paths.configuration import Configuration


def configured(flags: Sequence[str], environment: Mapping[str, str]) -> Configuration:
    """Return what `run` with these is told to probe; raise UsageError."""
    settings = parse(["run", *flags], environment)
    assert isinstance(settings, RunSettings)
    assert settings.paths
    return settings.paths
