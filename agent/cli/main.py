"""The command line: settings are read, then one command runs."""

import importlib
import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Sequence

from agent.cli.options import RENDER, VERIFY
from agent.cli.settings import UsageError, parse
from agent.report.exit_codes import COULD_NOT_TELL

#: The module beside this one and its function: only what is asked for is imported.
_COMMANDS = {
    "check": "check.run_check",
    "run": "run.run_daemon",
    "fleet": "fleet.run_fleet",
    "explain": "explain.run_explain",
    "completion": "completion.run_completion",
    "respond": "probe.run_respond",
    "probe": "probe.run_probe",
    RENDER: "machineconfig.run_render",
    VERIFY: "machineconfig.run_verify",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* and return the exit code."""
    try:
        settings = parse(sys.argv[1:] if argv is None else argv, os.environ)
        return _command(settings.command)(settings)
    except UsageError as error:
        sys.stderr.write(f"sctp-node-agent: {error}\n")
        return COULD_NOT_TELL
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_TELL
    except Exception:  # noqa: BLE001  # Python's 1 would mean: not as expected
        traceback.print_exc()
        return COULD_NOT_TELL


def entrypoint() -> None:
    """Exit with the code of main: what the installed command calls."""
    sys.exit(main())


def _command(name: str) -> Callable[[Namespace], int]:
    module, _, function = _COMMANDS[name].partition(".")
    found: Callable[[Namespace], int] = getattr(
        importlib.import_module(f"agent.cli.{module}"), function
    )
    return found
