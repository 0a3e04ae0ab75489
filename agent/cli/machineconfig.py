"""The commands `machineconfig render` and `machineconfig verify`."""

import os
import re
import sys
from argparse import Namespace

from agent.cli.settings import UsageError
from agent.findings import Expectation
from agent.ignition.documents import UnreadableError
from agent.machineconfig import base_node, inputs, output
from agent.machineconfig.render import as_yaml, machine_config
from agent.machineconfig.verify import NothingToVerifyError, verify
from agent.report.exit_codes import EXIT_CODES
from agent.terminal.progress import shown_while

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def run_render(settings: Namespace) -> int:
    """Write a MachineConfig to standard output; raise UsageError."""
    if settings.expect == Expectation.OBSERVE:
        raise UsageError("--expect observe: there is nothing to write")
    for flag in ("role", "name"):
        value = getattr(settings, flag)
        if value and not _NAME.fullmatch(value):
            raise UsageError(f"--{flag} {value}: is no name of an object")
    if not settings.role:
        raise UsageError("--role is empty")
    config = machine_config(
        settings.role,
        Expectation(settings.expect),
        version=settings.ignition,
        name=settings.name,
    )
    sys.stdout.write(as_yaml(config))
    return 0


def run_verify(settings: Namespace) -> int:
    """Judge what is in *settings.source*, and return the exit code.

    Raises UsageError where that is not read.
    """
    try:
        with shown_while("judging MachineConfigs", sys.stderr):
            items, oddities = inputs.read(settings.source)
            result = verify(
                items,
                _ground(settings),
                Expectation(settings.expect),
                role=settings.role,
                oddities=oddities,
            )
    except (UnreadableError, NothingToVerifyError) as error:
        raise UsageError(str(error)) from error
    write = output.write_json if settings.output == "json" else output.write_text
    write(result, sys.stdout)
    sys.stdout.flush()
    return EXIT_CODES[result.compliant]


def _ground(settings: Namespace) -> base_node.Ground:
    if settings.kernel_release and not settings.root:
        raise UsageError("--kernel-release goes with --root")
    if settings.root and not os.path.isdir(settings.root):
        raise UsageError(f"--root {settings.root}: is not a directory")
    if settings.root:
        return base_node.real(settings.root, settings.kernel_release)
    return base_node.assumed()
