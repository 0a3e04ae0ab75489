"""The words of a command line and its environment, as values of the table of flags."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from agent.cli.build_info import describe
from agent.cli.option import PREFIX, Option
from agent.cli.options import OPTIONS, SHELLS, SUMMARIES, VERIFY
from agent.cli.usage import UsageError

_NO_TERMINAL = 80  # columns
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})

Values = dict[str, Any]


class _Formatter(argparse.HelpFormatter):
    """Knows its width: argparse would import shutil, and that every compression."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # argparse's own
        super().__init__(formatter_class=_Formatter, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Prints lines as they are; argparse's own makes them one."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        sys.stdout.write(describe())
        parser.exit()


def read(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[str, Values]:
    """Return the command and a value for each of its flags; raise UsageError.

    A flag wins over its environment twin, which wins over the default.
    """
    variables = {option.variable for option in OPTIONS}
    for name in environment:
        if name.startswith(PREFIX) and name not in variables:
            raise UsageError(f"{name}: there is no such setting{_hint(name)}")
    values = vars(_parser().parse_args(argv))
    command = values.pop("command")
    for option in OPTIONS:
        if command in option.commands and values[option.key] is None:
            text = environment.get(option.variable)
            default = option.default
            values[option.key] = _from_text(option, text) if text else default
    return command, values


def _hint(name: str) -> str:
    """Explain variables that Kubernetes makes for a Service named sctp-agent."""
    if name.endswith("_SERVICE_HOST") or "_PORT" in name:
        return "; if a Service makes it, set enableServiceLinks: false"
    return ""


def _from_text(option: Option, text: str) -> object:
    """Return an environment variable's value as the flag would have it."""
    if option.kind is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise UsageError(f"{option.variable}={text}: neither true nor false")
    if option.kind in {int, float}:
        try:
            return option.kind(text)
        except ValueError:
            raise UsageError(f"{option.variable}={text}: is no number") from None
    if option.kind is list:
        parts = tuple(part.strip() for part in text.split(","))
        if not all(parts):
            raise UsageError(f"{option.variable}={text}: an item is empty")
        return parts
    if isinstance(option.kind, tuple) and text not in option.kind:
        choices = ", ".join(option.kind)
        raise UsageError(f"{option.variable}={text}: choose from {choices}")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sctp-node-agent",
        description="Tells whether SCTP works on this node, whether it will after "
        "the next reboot, and why not.",
        allow_abbrev=False,
    )
    version_help = "print what this program is, and exit"
    parser.add_argument("--version", action=_Version, nargs=0, help=version_help)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    text = "write and judge MachineConfigs of OpenShift"
    group = commands.add_parser("machineconfig", help=text, description=text)
    nested = group.add_subparsers(required=True, metavar="COMMAND")
    for command, summary in SUMMARIES.items():
        sub = (nested if " " in command else commands).add_parser(
            command.split()[-1], help=summary, description=summary, allow_abbrev=False
        )
        sub.set_defaults(command=command)
        for option in OPTIONS:
            if command in option.commands:
                _add(sub, option)
        if command == "explain":
            sub.add_argument("name", help="a check, a reason or an alert, or `all`")
        if command == "completion":
            sub.add_argument("shell", choices=SHELLS, help="which one is to be told")
        if command == "probe":
            help_text = "HOST, HOST:PORT or [ADDRESS]:PORT, where a responder answers"
            sub.add_argument("target", help=help_text)
        if command == VERIFY:
            help_text = "a file, a folder or a must-gather, or - (standard input)"
            sub.add_argument("source", nargs="+", help=help_text)
    return parser


def _columns() -> int:
    """Return the width of the terminal, as shutil.get_terminal_size does."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size().columns or _NO_TERMINAL
    except OSError:
        return _NO_TERMINAL


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    help_text = f"{option.help} [{option.variable}]".replace("%", "%%")
    common: Values = {"dest": option.key, "default": None, "help": help_text}
    metavar = option.key.rsplit("_", 1)[-1].upper()
    if option.kind is bool:
        negatable = argparse.BooleanOptionalAction
        parser.add_argument(option.flag, action=negatable, **common)
    elif option.kind is list:
        parser.add_argument(option.flag, action="append", metavar=metavar, **common)
    elif isinstance(option.kind, tuple):
        parser.add_argument(option.flag, choices=option.kind, **common)
    else:
        parser.add_argument(option.flag, type=option.kind, metavar=metavar, **common)
