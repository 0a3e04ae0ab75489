"""The command `explain`."""

import sys

from agent.cli.settings import ExplainSettings
from agent.cli.usage import UsageError
from agent.terminal.explain import write_explanation


def run_explain(settings: ExplainSettings) -> int:
    """Write what a check, a reason or an alert means; raise UsageError for others."""
    if not write_explanation(settings.name, sys.stdout):
        name = settings.name
        raise UsageError(f"{name}: no check, reason or alert has that name; try `all`")
    return 0
