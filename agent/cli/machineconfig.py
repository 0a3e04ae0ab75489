"""The commands `machineconfig render` and `machineconfig verify`."""

import sys

from agent.cli.settings import RenderSettings, VerifySettings
from agent.cli.usage import UsageError
from agent.ignition.documents import UnreadableError
from agent.machineconfig import base_node, inputs, output
from agent.machineconfig.render import as_yaml, machine_config
from agent.machineconfig.verify import NothingToVerifyError, verify
from agent.report.exit_codes import EXIT_CODES
from agent.terminal.progress import shown_while


def run_render(settings: RenderSettings) -> int:
    """Write a MachineConfig to standard output."""
    config = machine_config(
        settings.role,
        settings.expect,
        version=settings.ignition,
        name=settings.name,
    )
    sys.stdout.write(as_yaml(config))
    return 0


def run_verify(settings: VerifySettings) -> int:
    """Judge what is in *settings.source*, and return the exit code.

    Raises UsageError where that is not read.
    """
    try:
        with shown_while("judging MachineConfigs", sys.stderr):
            items, oddities = inputs.read(settings.source)
            result = verify(
                items,
                _ground(settings),
                settings.expect,
                role=settings.role,
                oddities=oddities,
            )
    except (UnreadableError, NothingToVerifyError) as error:
        raise UsageError(str(error)) from error
    write = output.write_json if settings.output == "json" else output.write_text
    write(result, sys.stdout)
    sys.stdout.flush()
    return EXIT_CODES[result.compliant]


def _ground(settings: VerifySettings) -> base_node.Ground:
    if settings.root:
        return base_node.real(settings.root, settings.kernel_release)
    return base_node.assumed_node()
