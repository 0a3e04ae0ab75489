"""The command line: settings are read, then one command runs."""

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence

from agent.cli.settings import (
    CheckSettings,
    CompletionSettings,
    ExplainSettings,
    FleetSettings,
    ProbeSettings,
    RenderSettings,
    RespondSettings,
    RunSettings,
    Settings,
    VerifySettings,
    parse,
)
from agent.cli.usage import UsageError
from agent.report.exit_codes import COULD_NOT_TELL, INTERRUPTED

#: The module beside this one and its function: only what is asked for is imported.
_COMMANDS: Mapping[type[Settings], str] = {
    CheckSettings: "check.run_check",
    RunSettings: "run.run_daemon",
    FleetSettings: "fleet.run_fleet",
    ExplainSettings: "explain.run_explain",
    CompletionSettings: "completion.run_completion",
    RespondSettings: "probe.run_respond",
    ProbeSettings: "probe.run_probe",
    RenderSettings: "machineconfig.run_render",
    VerifySettings: "machineconfig.run_verify",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* and return the exit code."""
    try:
        settings = parse(sys.argv[1:] if argv is None else argv, os.environ)
        return _command(settings)(settings)
    except UsageError as error:
        sys.stderr.write(f"sctp-node-agent: {error}\n")
        return COULD_NOT_TELL
    except KeyboardInterrupt:
        sys.stderr.write("sctp-node-agent: interrupted\n")
        return INTERRUPTED
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


def _command(settings: Settings) -> Callable[[Settings], int]:
    module, _, function = _COMMANDS[type(settings)].partition(".")
    found: Callable[[Settings], int] = getattr(
        importlib.import_module(f"agent.cli.{module}"), function
    )
    return found
