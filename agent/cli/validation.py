"""What the values of a command must be, alone and together: every check is here."""

import ipaddress
import os
import re
import socket
from collections.abc import Mapping

from agent.cli.arguments import Values
from agent.cli.options import RENDER, VERIFY
from agent.cli.usage import UsageError
from agent.findings import Expectation
from agent.hostfs.mounts import mounted_below
from agent.hostport import parse_target
from agent.web.own_paths import objection

_LAST_PORT = 0xFFFF
_HOUR = 3600.0  # seconds; a rarer evaluation is none
_SHORTEST = 0.1  # seconds; about what an evaluation takes
_LONGEST_DEADLINE = 600.0  # seconds
_LONGEST_HISTORY = 31 * 24.0  # hours
_MOST_ATTEMPTS = 100_000
_MOST_REQUESTS = 100_000
_OBJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def validate(command: str, values: Values, environment: Mapping[str, str]) -> Values:
    """Return *values* as the settings of *command* have them; raise UsageError."""
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    if "expect" in values:
        values["expect"] = Expectation(values["expect"])
    if "node_name" in values:
        name = values["node_name"] or environment.get("NODE_NAME")
        values["node_name"] = name or socket.gethostname()
    check = _CHECKS.get(command)
    if check:
        check(values)
    return values


def _check(values: Values) -> None:
    if values["offline"] and values["allow_autoload"]:
        raise UsageError("--offline opens no socket: --allow-autoload cannot apply")
    if values["offline"] and values["root_partial"]:
        raise UsageError("--root-partial is about a live node, not --offline")
    if values["offline"] and values["workloads"]:
        raise UsageError("--workloads is about a live node, not --offline")
    if values["kernel_release"] and not values["offline"]:
        raise UsageError("--kernel-release goes with --offline")
    _watched(values)
    _node(values)


def _watched(values: Values) -> None:
    if values["watch"] and values["output"] != "text":
        raise UsageError("--watch is for people: it goes with --output text")
    _within(values, "--watch.interval", _SHORTEST, _HOUR, " s")


def _workloads(values: Values) -> None:
    _watched(values)
    _node(values)


def _run(values: Values) -> None:
    _node(values)
    _within(values, "--interval", 1, _HOUR, " s")
    _within(values, "--web.max-requests", 0, _MOST_REQUESTS)
    path = values["web_telemetry_path"]
    if problem := objection(path):
        raise UsageError(f"--web.telemetry-path {path}: {problem}")
    _names_of_files(values["nfd_features_file"], values["textfile"])
    values["paths"] = None
    if values["path_port"]:  # else not even its code is read
        from agent.cli.paths import configure

        values["paths"] = configure(values)


def _node(values: Values) -> None:
    """Look at the root, and at what of it was given."""
    _folder(values["root"])
    values["mounts"] = None
    if values["root_partial"]:
        try:
            values["mounts"] = mounted_below(values["root"])
        except (OSError, ValueError) as error:
            raise UsageError(f"--root-partial: {error}") from None


def _names_of_files(features: str, metrics: str) -> None:
    """Refuse names of files that their readers would not look at."""
    if os.path.basename(features).startswith(".") or features.endswith("/"):
        raise UsageError(f"--nfd.features-file {features}: such a name is not read")
    if metrics and (not metrics.endswith(".prom") or metrics.endswith("/.prom")):
        raise UsageError(f"--textfile {metrics}: node_exporter reads NAME.prom only")
    for path in filter(None, (features, metrics)):
        if not os.path.isabs(path):
            raise UsageError(f"{path}: is no absolute path")


def _respond(values: Values) -> None:
    # The next port is needed, too.
    _within(values, "--listen-port", 1, _LAST_PORT - 1)
    for address in values["listen_address"]:
        _address("--listen-address", address)


def _probe(values: Values) -> None:
    try:
        values["target"] = parse_target(values["target"])
    except ValueError as error:
        raise UsageError(str(error)) from error
    _within(values, "--count", 1, _MOST_ATTEMPTS)
    _within(values, "--source-port", 0, _LAST_PORT)
    _positive(values, "--deadline", _LONGEST_DEADLINE, "600 s")
    if values["source_address"]:
        _address("--source-address", values["source_address"])


def _fleet(values: Values) -> None:
    if not values["prometheus"]:
        raise UsageError("--prometheus URL is missing (docs/fleet.md)")
    _within(values, "--history", 1, _LONGEST_HISTORY, " hours")
    _positive(values, "--deadline", _LONGEST_DEADLINE, "600 s")


def _render(values: Values) -> None:
    if values["expect"] == Expectation.OBSERVE:
        raise UsageError("--expect observe: there is nothing to write")
    for flag in ("role", "name"):
        if values[flag] and not _OBJECT_NAME.fullmatch(values[flag]):
            raise UsageError(f"--{flag} {values[flag]}: is no name of an object")
    if not values["role"]:
        raise UsageError("--role is empty")


def _verify(values: Values) -> None:
    if values["kernel_release"] and not values["root"]:
        raise UsageError("--kernel-release goes with --root")
    if values["root"]:
        _folder(values["root"])


_CHECKS = {
    "check": _check,
    "run": _run,
    "respond": _respond,
    "probe": _probe,
    "fleet": _fleet,
    "workloads": _workloads,
    RENDER: _render,
    VERIFY: _verify,
}


def _folder(root: str) -> None:
    if not os.path.isdir(root):
        raise UsageError(f"--root {root}: is not a directory")


def _within(
    values: Values, flag: str, least: float, most: float, unit: str = ""
) -> None:
    value = values[flag.lstrip("-").replace("-", "_").replace(".", "_")]
    if not least <= value <= most:
        raise UsageError(f"{flag} {value:g}: not within {least:g} and {most:g}{unit}")


def _positive(values: Values, flag: str, most: float, limit: str) -> None:
    value = values[flag.lstrip("-")]
    if not 0 < value <= most:
        raise UsageError(f"{flag} {value:g}: not within 0 and {limit}")


def _address(flag: str, text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise UsageError(f"{flag} {text}: is no address") from None
