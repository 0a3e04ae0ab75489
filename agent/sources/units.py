"""The units that start at a boot and run modprobe or insmod for sctp."""

import posixpath
from collections.abc import Iterator, Mapping

from agent.facts import BootLoad, Gap
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.names import SCTP
from agent.sources import capture
from agent.sources.lenient import (
    gap_of,
    kind_of,
    list_names,
    read_text,
    real_path_of,
)
from agent.startup.commands import Call, calls
from agent.systemd import unit

_OWN = "/etc/systemd/system"
_DIRECTORIES = (
    _OWN,
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_MOST = 512  # units; nodes have some hundred
Folders = Mapping[str, frozenset[str]]
_MODPROBE = frozenset(
    f"{folder}/modprobe" for folder in ("/sbin", "/usr/sbin", "/bin", "/usr/bin")
)


def gather(host: Host, gaps: list[Gap]) -> tuple[BootLoad, ...]:
    """Return the loads of sctp by enabled units, their drop-ins and their scripts.

    What could not be read is added to *gaps*.
    """
    loads: list[BootLoad] = []
    problem = capture.uncollected(host, _OWN)
    if problem:
        gaps.append(Gap(_OWN, problem))
    folders = _folders(host, gaps)
    enabled = sorted(_enabled_units(host, folders, gaps).items())
    for name, target in enabled[:_MOST]:
        loads += _of_unit(host, folders, name, target, gaps)
    if enabled[_MOST:]:
        gaps.append(Gap(_OWN, f"more than {_MOST} units are enabled"))
    return tuple(dict.fromkeys(loads))


def _folders(host: Host, gaps: list[Gap]) -> Folders:
    """Return the names in each folder of units; /lib often leads to /usr/lib."""
    folders: dict[str, frozenset[str]] = {}
    real: set[str] = set()
    for directory in _DIRECTORIES:
        place = real_path_of(host, directory, gaps)
        if not place or place not in real:
            folders[directory] = frozenset(list_names(host, directory, gaps))
        real.add(place)
    return folders


def _enabled_units(host: Host, folders: Folders, gaps: list[Gap]) -> dict[str, str]:
    """Return the services that something wants, and what wants them."""
    targets: dict[str, str] = {}
    for directory, names in folders.items():
        for folder in sorted(names):
            target, _, kind = folder.rpartition(".")
            if kind in {"wants", "requires"}:
                for name in list_names(host, f"{directory}/{folder}", gaps):
                    if name.endswith(".service"):
                        targets.setdefault(name, target)
    return targets


def _of_unit(
    host: Host, folders: Folders, name: str, target: str, gaps: list[Gap]
) -> Iterator[BootLoad]:
    path = _file(host, folders, name, gaps)
    if not path:
        return
    drop_ins = tuple(_drop_ins(host, folders, name, gaps))
    texts = {place: read_text(host, place, gaps) for place in (path, *drop_ins)}
    settings = [(p, s) for p, text in texts.items() for s in unit.parse(text)]
    plain = (
        target in unit.REACHED
        and "@" not in name
        and not drop_ins
        and not any(unit.decides(setting) for _, setting in settings)
    )
    for place, setting in settings:
        command = unit.command(setting)
        origin = Origin(place, setting.line, f"{setting.key}={setting.value}")
        by = f"the unit {name}"
        for call in calls(command):
            yield from _loads(call, origin, by, plain=plain and _alone(command))
        for script in command.split():
            for line, call in _in_script(host, script.strip("\"'"), gaps):
                yield from _loads(call, line, f"{by}, by its script,", plain=False)


def _file(host: Host, folders: Folders, name: str, gaps: list[Gap]) -> str:
    """Return the unit's file, "" where it is masked or missing."""
    template = f"{name.partition('@')[0]}@.service" if "@" in name else name
    for directory, names in folders.items():
        for candidate in names.intersection((name, template)):
            path = f"{directory}/{candidate}"
            kind = kind_of(host, path, gaps)
            if kind == Kind.NULL:
                return ""
            if kind == Kind.FILE:
                return path
    return ""


def _drop_ins(
    host: Host, folders: Folders, name: str, gaps: list[Gap]
) -> Iterator[str]:
    for directory, names in folders.items():
        folder = f"{directory}/{name}.d"
        for file in list_names(host, folder, gaps) if f"{name}.d" in names else ():
            if file.endswith(".conf"):
                yield f"{folder}/{file}"


def _alone(command: str) -> bool:
    """Tell whether systemd starts modprobe itself, not a shell that may."""
    return command.partition(" ")[0] in _MODPROBE


def _in_script(host: Host, path: str, gaps: list[Gap]) -> Iterator[tuple[Origin, Call]]:
    """Yield the calls in the script at *path*, if it is one."""
    if not path.startswith("/") or posixpath.basename(path) in {"modprobe", "insmod"}:
        return
    try:
        if host.head(path, 2) != b"#!":
            return
    except UnseenError as error:
        gaps.append(gap_of(error))
        return
    for call in calls(read_text(host, path, gaps)):
        yield Origin(path, call.line, call.text), call


def _loads(call: Call, origin: Origin, by: str, *, plain: bool) -> Iterator[BootLoad]:
    if SCTP in call.names:
        certain = plain and call.plain and not call.insmod
        yield BootLoad(SCTP, origin, by, call.blacklist, certain)
