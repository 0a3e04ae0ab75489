"""The units that start at a boot and run modprobe or insmod for sctp."""

import posixpath
from collections.abc import Iterator, Sequence

from agent.facts import BootLoad, Gap
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import UnseenError
from agent.names import SCTP
from agent.sources import capture, unit_graph
from agent.sources.lenient import gap_of, read_text
from agent.sources.load_calls import calls_in
from agent.sources.unit_graph import Unit
from agent.startup.commands import Call
from agent.systemd import unit
from agent.systemd.names import OWN
from agent.systemd.unit import Setting

_MODPROBE = frozenset(
    f"{folder}/modprobe" for folder in ("/sbin", "/usr/sbin", "/bin", "/usr/bin")
)


def gather(host: Host, gaps: list[Gap], command_line: str = "") -> tuple[BootLoad, ...]:
    """Return the loads of sctp by units that a boot starts, and by their scripts.

    What could not be read is added to *gaps*.
    """
    loads: list[BootLoad] = []
    problem = capture.uncollected(host, OWN)
    if problem:
        gaps.append(Gap(OWN, problem))
    for each in unit_graph.boot_units(host, gaps, command_line):
        loads += _of_unit(host, each, gaps)
    return tuple(dict.fromkeys(loads))


def _of_unit(host: Host, subject: Unit, gaps: list[Gap]) -> Iterator[BootLoad]:
    places = {id(setting): path for path, setting in subject.settings}
    settings = [setting for _, setting in subject.settings]
    sure = subject.certain and not any(map(unit.decides, settings))
    name = subject.name
    about = "\n".join(_environment(host, settings, gaps))
    for setting in unit.commands(settings):
        command = unit.command(setting)
        text = f"{setting.key}={setting.value}"
        origin = Origin(places[id(setting)], setting.line, text)
        for call in calls_in(host, command, gaps, about):
            yield from _loads(call, origin, name, plain=sure and _alone(command))
        for script in command.split():
            for line, call in _in_script(host, script.strip("\"'"), gaps, about):
                yield from _loads(call, line, name, ", by its script,")
        sure = sure and not unit.may_fail(setting)


def _environment(
    host: Host, settings: Sequence[Setting], gaps: list[Gap]
) -> Iterator[str]:
    """Yield what the variables of the unit's commands are made of."""
    for setting in settings:
        if setting.key == "Environment":
            yield setting.value
        elif setting.key == "EnvironmentFile":
            path = setting.value.removeprefix("-")
            yield read_text(host, path, gaps) if path.startswith("/") else ""


def _alone(command: str) -> bool:
    """Tell whether systemd starts modprobe itself, not a shell that may."""
    return command.partition(" ")[0] in _MODPROBE


def _in_script(
    host: Host, path: str, gaps: list[Gap], about: str
) -> Iterator[tuple[Origin, Call]]:
    """Yield the calls in the script at *path*, if it is one."""
    if not path.startswith("/") or posixpath.basename(path) in {"modprobe", "insmod"}:
        return
    try:
        if host.head(path, 2) != b"#!":
            return
    except UnseenError as error:
        gaps.append(gap_of(error))
        return
    for call in calls_in(host, read_text(host, path, gaps), gaps, about):
        yield Origin(path, call.line, call.text), call


def _loads(
    call: Call, origin: Origin, name: str, how: str = "", *, plain: bool = False
) -> Iterator[BootLoad]:
    if SCTP in call.names:
        certain = plain and call.plain and not call.insmod
        by = f"the unit {name}{how}"
        yield BootLoad(SCTP, origin, by, call.blacklist, certain, unit=name)
