"""Flags and their environment twins, checked and frozen before anything runs."""

import argparse
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from agent import __version__
from agent.cli.option import PREFIX, Option
from agent.cli.options import OPTIONS, SHELLS, SUMMARIES, VERIFY
from agent.hostfs.mounts import mounted_below

_LONGEST = 3600  # seconds; a rarer evaluation is none
_SHORTEST = 0.1  # seconds; about what an evaluation takes
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})


class UsageError(Exception):
    """A flag, an argument or an environment variable is wrong; says which."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Return the settings; flags win over the environment. Raise UsageError."""
    known = {option.variable for option in OPTIONS}
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            raise UsageError(f"{name}: there is no such setting{_hint(name)}")
    parser = _parser()
    settings = parser.parse_args(argv)
    for option in OPTIONS:
        if settings.command in option.commands:
            _settle(settings, option, environment)
    if "node_name" in settings:
        node = settings.node_name or environment.get("NODE_NAME")
        settings.node_name = node or socket.gethostname()
    if settings.command in {"check", "run"}:
        _validate(settings)
    return settings


def _hint(name: str) -> str:
    """Explain variables that Kubernetes makes for a Service named sctp-agent."""
    if name.endswith("_SERVICE_HOST") or "_PORT" in name:
        return "; if a Service makes it, set enableServiceLinks: false"
    return ""


def _settle(
    settings: argparse.Namespace, option: Option, environment: Mapping[str, str]
) -> None:
    if getattr(settings, option.key) is not None:
        return
    value = option.default
    if environment.get(option.variable):
        value = _from_text(option, environment[option.variable])
    setattr(settings, option.key, value)


def _validate(settings: argparse.Namespace) -> None:
    if not os.path.isdir(settings.root):
        raise UsageError(f"--root {settings.root}: is not a directory")
    settings.given = None
    if settings.root_partial and not getattr(settings, "offline", False):
        try:
            settings.given = mounted_below(settings.root)
        except (OSError, ValueError) as error:
            raise UsageError(f"--root-partial: {error}") from None
    if settings.command == "run" and not 1 <= settings.interval <= _LONGEST:
        raise UsageError(
            f"--interval {settings.interval:g}: not within 1 and {_LONGEST} s"
        )
    if settings.command == "run":
        _validate_files(settings)
    if settings.command == "check":
        _validate_check(settings)


def _validate_check(settings: argparse.Namespace) -> None:
    if settings.offline and settings.allow_autoload:
        raise UsageError("--offline opens no socket: --allow-autoload cannot apply")
    if settings.offline and settings.root_partial:
        raise UsageError("--root-partial is about a live node, not --offline")
    if settings.watch and settings.output != "text":
        raise UsageError("--watch is for people: it goes with --output text")
    if not _SHORTEST <= settings.watch_interval <= _LONGEST:
        wanted = f"{settings.watch_interval:g}: not within {_SHORTEST} and 3600 s"
        raise UsageError(f"--watch.interval {wanted}")
    if settings.kernel_release and not settings.offline:
        raise UsageError("--kernel-release goes with --offline")


def _validate_files(settings: argparse.Namespace) -> None:
    """Refuse names of files that their readers would not look at."""
    features, metrics = settings.nfd_features_file, settings.textfile
    if os.path.basename(features).startswith(".") or features.endswith("/"):
        raise UsageError(f"--nfd.features-file {features}: such a name is not read")
    if metrics and (not metrics.endswith(".prom") or metrics.endswith("/.prom")):
        raise UsageError(f"--textfile {metrics}: node_exporter reads NAME.prom only")
    for path in filter(None, (features, metrics)):
        if not os.path.isabs(path):
            raise UsageError(f"{path}: is no absolute path")


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
    parser.add_argument("--version", action="version", version=__version__)
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
            sub.add_argument("name", help="a check or a reason, or `all`")
        if command == "completion":
            sub.add_argument("shell", choices=SHELLS, help="which one is to be told")
        if command == "probe":
            described = "HOST, HOST:PORT or [ADDRESS]:PORT, where a responder answers"
            sub.add_argument("target", help=described)
        if command == VERIFY:
            described = "a file, a folder or a must-gather, or - (standard input)"
            sub.add_argument("source", nargs="+", help=described)
    return parser


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    described = f"{option.help} [{option.variable}]".replace("%", "%%")
    common: dict[str, Any] = {"dest": option.key, "default": None, "help": described}
    metavar = option.key.rsplit("_", 1)[-1].upper()
    if option.kind is bool:
        parser.add_argument(option.flag, action="store_true", **common)
    elif option.kind is list:
        parser.add_argument(option.flag, action="append", metavar=metavar, **common)
    elif isinstance(option.kind, tuple):
        parser.add_argument(option.flag, choices=option.kind, **common)
    else:
        parser.add_argument(option.flag, type=option.kind, metavar=metavar, **common)
