"""What is taken by the cluster but hardly does what was meant. Pure."""

import difflib
import posixpath
import re
from collections.abc import Iterator, Sequence

from agent.facts import BootLoad
from agent.hostfs.host import Host
from agent.hostfs.values import Kind
from agent.ignition.entries import FileEntry, MachineConfig, UnitEntry
from agent.ignition.problems import Place, Problem, error, note, warning
from agent.kmod.grammar import canonical
from agent.machineconfig.effects import (
    MODPROBE,
    MODULES_LOAD,
    effect,
    effect_of,
)
from agent.machineconfig.merge import MergedFile, NodeConfig
from agent.names import SCTP
from agent.selinux import booleans
from agent.startup.commands import calls

_READ = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
_FAMILIES = ("modprobe.d", "modules-load.d")
_ALIKE = 0.75
_INSTANCE = f"modprobe@{SCTP}.service"  # of a template that systemd brings along
_STAMP = "/etc/machine-config-daemon/noorig{path}.mcdnoorig"
_CHANGES_SELINUX = re.compile(rf"\b(?:semodule|semanage|setenforce|{booleans.NAME})\b")
_PROGRAM = re.compile(r"^Exec\w+\s*=\s*[-@:+!|]*(.+)$", re.MULTILINE)


def advise(node_config: NodeConfig, base: Host) -> Iterator[Problem]:
    """Yield what is odd about *node_config*; *base* is the node without it."""
    for file in node_config.files:
        yield from _path(file)
        yield from _overwrite(file, base)
        yield from _line_ends(file)
        yield from _mask(file, base)
        yield from _override(file)


def advise_on_units(
    node_config: NodeConfig, loads: Sequence[BootLoad]
) -> Iterator[Problem]:
    """Yield what the units about sctp do; *loads* are those of the node at boot."""
    for config, unit in node_config.units:
        if unit.masked or not _may_load(unit, node_config):
            continue
        name = f"the unit {unit.name} of {config.name}"
        if any(load.unit == unit.name for load in loads):
            text = (
                f"{name} loads sctp, unless it heeds the blacklist and that denies it; "
                "the declared way is an entry in /etc/modules-load.d"
            )
            yield note(unit.place, text)
        else:
            why = "has no [Install] that is known" if unit.enabled else "is not enabled"
            text = f"{name} would load sctp and nothing starts it: it {why}"
            yield warning(unit.place, text)


def _may_load(unit: UnitEntry, node_config: NodeConfig) -> bool:
    text = _run_by(unit, node_config)
    return unit.name == _INSTANCE or any(SCTP in call.names for call in calls(text))


def selinux_units(
    node_config: NodeConfig,
) -> tuple[tuple[MachineConfig, UnitEntry], ...]:
    """Return the enabled units that change SELinux's mode, policy or the boolean."""
    return tuple(
        (config, unit)
        for config, unit in node_config.units
        if unit.enabled
        and not unit.masked
        and _CHANGES_SELINUX.search(_run_by(unit, node_config))
    )


def _run_by(unit: UnitEntry, node_config: NodeConfig) -> str:
    """Return the text of the unit and of the scripts of the input that it starts."""
    words = {word for line in _PROGRAM.findall(unit.text) for word in line.split()}
    scripts = [f.data for f in node_config.files if f.path in words]
    return "\n".join([unit.text, *(s.decode("utf-8", "replace") for s in scripts)])


def _path(file: MergedFile) -> Iterator[Problem]:
    """Judge a path that looks like one of kmod's or systemd's but is none."""
    folder, name = posixpath.split(file.path)
    family = posixpath.basename(folder)
    if family not in _FAMILIES or folder.removesuffix(f"/{family}") not in _READ:
        if likely := _likely_folder(file):
            text = f"{file.path} is read by nobody: {likely} is meant?"
            yield warning(_path_place(file.entry), text)
        return
    if cause := _unread_name(name):
        yield warning(_path_place(file.entry), f"{file.path} is not read: {cause}")
    if folder.startswith(("/usr/", "/lib/")) and not folder.startswith("/usr/local/"):
        text = f"{folder} is read-only on RHCOS: write to /etc/{family}"
        yield warning(_path_place(file.entry), text)


def _likely_folder(file: MergedFile) -> str:
    """Return the folder that a file about sctp was hardly meant to miss, or ""."""
    if SCTP.encode() not in file.data and SCTP not in file.path:
        return ""
    for part in file.path.split("/"):
        close = difflib.get_close_matches(part, _FAMILIES, n=1, cutoff=_ALIKE)
        if close:
            return f"/etc/{close[0]}"
    if file.path in {"/etc/modules", "/etc/modprobe.conf"}:
        return (
            "/etc/modules-load.d" if file.path == "/etc/modules" else "/etc/modprobe.d"
        )
    return ""


def _unread_name(name: str) -> str:
    if name.startswith("."):
        return "its name starts with a dot"
    if not name.endswith(".conf"):
        return "its name does not end in .conf"
    return ""


def _overwrite(file: MergedFile, base: Host) -> Iterator[Problem]:
    exists = base.kind(file.path) not in {Kind.NOTHING, Kind.UNKNOWN}
    stamp = _STAMP.format(path=file.path)
    if not exists or base.kind(stamp) == Kind.FILE:
        return
    overwrite = file.entry.overwrite
    if overwrite is None:
        text = (
            f"overwrite is not set and {file.path} exists: the MCO sets it, Ignition "
            "alone would fail"
        )
        yield warning(file.entry.place, text)
    elif not overwrite.value:
        text = f"{file.path} exists: a new node would fail at its first boot"
        yield error(overwrite.place, text)


def _line_ends(file: MergedFile) -> Iterator[Problem]:
    if MODPROBE in file.path and re.search(rb"sctp[^\n]*\r", file.data):
        text = (
            "lines end in CR LF, and to kmod the CR is a part of the last word: "
            "`blacklist sctp` denies nothing"
        )
        yield warning(_source_place(file.entry), text)


def _mask(file: MergedFile, base: Host) -> Iterator[Problem]:
    """Judge a file without effect that should hide another of the same name."""
    folder, name = posixpath.split(file.path)
    about_sctp = canonical(name) and SCTP in name
    if folder != "/etc/modprobe.d" or not about_sctp or _has_lines(file.data):
        return
    places = (f"{parent}/modprobe.d/{name}" for parent in _READ)
    if all(base.kind(place) == Kind.NOTHING for place in places):
        text = f"empties nothing: there is no other {name}; the names have to be equal"
        yield warning(_path_place(file.entry), text)


def _has_lines(data: bytes) -> bool:
    return any(line and not line.startswith(b"#") for line in data.split(b"\n"))


def _override(file: MergedFile) -> Iterator[Problem]:
    """Judge a file that another MachineConfig of the pool writes as well."""
    if MODPROBE not in file.path and MODULES_LOAD not in file.path:
        return
    final = effect(file.path, file.data)
    for declared in file.history[:-1]:
        earlier = effect_of(declared.entry)
        if earlier is None or earlier == final:
            continue
        text = (
            f"{file.writer} undoes {declared.config}: that one's {file.path} "
            f"{earlier.value}, this one's {final.value}"
        )
        yield warning(_source_place(file.entry), text)


def _path_place(entry: FileEntry) -> Place:
    place = entry.place
    return Place(place.file, place.document, (*place.keys, "path"), place.line)


def _source_place(entry: FileEntry) -> Place:
    return entry.source.place if entry.source else entry.place
