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
    WorkloadsSettings,
    parse,
)
from agent.cli.streams import NO_ROOM, forget_output, open_closed
from agent.cli.usage import UsageError
from agent.report.exit_codes import COULD_NOT_TELL, INTERRUPTED

#: The module beside this one and its function: only what is asked for is imported.
_COMMANDS: Mapping[type[Settings], str] = {
    CheckSettings: "check.run_check",
    RunSettings: "run.run_daemon",
    FleetSettings: "fleet.run_fleet",
    WorkloadsSettings: "workloads.run_workloads",
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
    except BrokenPipeError:  # whoever read the output has gone
        forget_output()
        return COULD_NOT_TELL
    except Exception as error:  # noqa: BLE001  # Python's 1 would mean: not as expected
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            sys.stderr.write(f"sctp-node-agent: cannot write: {error.strerror}\n")
            forget_output()
            return COULD_NOT_TELL
        traceback.print_exc()
        return COULD_NOT_TELL


def entrypoint() -> None:
    """Exit with the code of main: what the installed command calls."""
    open_closed()
    sys.exit(main())


def _command(settings: Settings) -> Callable[[Settings], int]:
    module, _, function = _COMMANDS[type(settings)].partition(".")
    command: Callable[[Settings], int] = getattr(
        importlib.import_module(f"agent.cli.{module}"), function
    )
    return command
