"""The units that a boot starts: what targets want, what that wants or triggers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import Kind
from agent.sources.lenient import kind_of, list_names, read_text, real_path_of
from agent.systemd import names
from agent.systemd.arguments import units_named
from agent.systemd.unit import REACHED, Setting, dependencies, parse

_MOST = 1024  # units; nodes have some hundred
_READ = frozenset({"service", "target", "timer", "socket", "path"})
_PULLING = frozenset({"wants", "requires", "upholds"})
Folders = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit with its drop-ins: *settings* with the file that each is from.

    *certain* when a target that each boot reaches pulls it in; a timer, a socket and
    a target that nobody reaches may leave it alone.
    """

    name: str
    settings: tuple[tuple[str, Setting], ...] = ()
    certain: bool = False


def boot_units(host: Host, gaps: list[Gap], command_line: str = "") -> Iterator[Unit]:
    """Yield the units that a boot with *command_line* starts or may start, each once.

    What could not be read is added to *gaps*.
    """
    folders = _folders(host, gaps)
    sure, perhaps = _roots(host, folders, gaps)
    sure += (name for name, _ in units_named(command_line, "systemd.wants"))
    visited = {name for name, _ in units_named(command_line, "systemd.mask")}
    for certain, queue in ((True, sure), (False, perhaps)):
        for name in queue:  # which grows
            if name in visited or name.rpartition(".")[2] not in _READ:
                continue
            visited.add(name)
            if len(visited) > _MOST:
                gaps.append(Gap(names.OWN, f"more than {_MOST} units are enabled"))
                return
            settings = tuple(_settings(host, folders, name, gaps))
            yield Unit(name, settings, certain)
            pulled, triggered = dependencies(name, [setting for _, setting in settings])
            queue.extend(pulled)
            perhaps.extend(triggered)


def _folders(host: Host, gaps: list[Gap]) -> Folders:
    """Return the names in each folder of units; /lib often leads to /usr/lib."""
    folders: dict[str, frozenset[str]] = {}
    real: set[str] = set()
    for directory in names.DIRECTORIES:
        place = real_path_of(host, directory, gaps)
        if not place or place not in real:
            folders[directory] = frozenset(list_names(host, directory, gaps))
        real.add(place)
    return folders


def _roots(
    host: Host, folders: Folders, gaps: list[Gap]
) -> tuple[list[str], list[str]]:
    """Return what targets of each boot pull in, and what other units do."""
    sure, perhaps = sorted(REACHED), list[str]()
    for directory, entries in folders.items():
        for folder in sorted(entries):
            target, _, kind = folder.rpartition(".")
            if kind in _PULLING:
                queue = sure if target in REACHED else perhaps
                queue += list_names(host, f"{directory}/{folder}", gaps)
    return sorted(sure), sorted(perhaps)


def _settings(
    host: Host, folders: Folders, name: str, gaps: list[Gap]
) -> Iterator[tuple[str, Setting]]:
    """Yield the settings of the unit and its drop-ins, nothing where it is masked."""
    path = _file(host, folders, name, gaps)
    for place in (path, *_drop_ins(host, folders, name, gaps)) if path else ():
        for setting in parse(read_text(host, place, gaps)):
            yield place, names.specific(setting, name)


def _file(host: Host, folders: Folders, name: str, gaps: list[Gap]) -> str:
    """Return the unit's file, "" where it is masked or missing."""
    for candidate in (name, names.template(name)):
        for directory, entries in folders.items():
            if candidate not in entries:
                continue
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
    own = [f"{each}.d" for each in names.with_drop_ins(name)]
    for directory, entries in folders.items():
        for folder in filter(entries.__contains__, own):
            for file in list_names(host, f"{directory}/{folder}", gaps):
                if file.endswith(".conf"):
                    yield f"{directory}/{folder}/{file}"
