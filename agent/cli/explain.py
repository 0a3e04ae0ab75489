"""The command `explain`."""

import sys

from agent.cli.settings import ExplainSettings
from agent.cli.usage import UsageError
from agent.terminal.explain import write_explanation


def run_explain(settings: ExplainSettings) -> int:
    """Write what a check or a reason means; raise UsageError for another name."""
    if not write_explanation(settings.name, sys.stdout):
        raise UsageError(f"{settings.name}: neither a check nor a reason; try `all`")
    return 0
