"""Ignition configs of specification 2 and 3 inside MachineConfigs, as the MCO reads."""

import re
from collections.abc import Iterator

from agent.ignition.entries import FileEntry, IgnitionConfig, Spec, UnitEntry
from agent.ignition.fields import Field
from agent.ignition.file import read_file

_VERSION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})\.0")
_NEWEST_OLD, _NEWEST = Spec(2, 2), Spec(3, 5)
_TOP = frozenset({"ignition", "passwd", "storage", "systemd"})
_UNIT = frozenset({"contents", "dropins", "enabled", "mask", "name"})
_UNIT_TYPES = frozenset(
    {"service", "socket", "device", "mount", "automount", "swap", "target", "path"}
    | {"timer", "snapshot", "slice", "scope"}
)
_ARGUMENTS, _NETWORKD = "kernelArguments", "networkd"


def read(config: Field, *, applied: bool) -> IgnitionConfig:
    """Return what *config* declares; what is refused is noted in its problems.

    With *applied* the cluster has taken it already: links and directories, which
    it takes at its installation only, are nothing to refuse then.
    """
    spec = _spec(config)
    if spec is None:
        return IgnitionConfig()
    extra = {_ARGUMENTS} if spec.has_arguments else {_NETWORKD} if spec.old else set()
    config.warn_unused(_TOP | extra, "Ignition")
    storage = config.child("storage")
    if not applied:
        _refuse_sections(config, storage, spec)
    files = list(_files(storage, spec))
    _judge_duplicates(storage, files, spec)
    units = tuple(_units(config.child("systemd"), spec))
    unique = {entry.path: entry for entry in files}
    return IgnitionConfig(tuple(unique.values()), units)


def _spec(config: Field) -> Spec | None:
    """Return the version of the specification, None if the MCO refuses it."""
    ignition = config.child("ignition")
    version = ignition.text("version")
    place = ignition.at("version")
    if version is None:
        if not ignition.has("version"):
            config.error(place, "the version is missing: it has to read like 3.2.0")
        return None
    match = _VERSION.fullmatch(version)
    spec = Spec(int(match[1]), int(match[2])) if match else Spec(0, 0)
    # Specification 2 is complete; a newer MCO may well read more of 3.
    if spec.major not in {2, 3} or _NEWEST_OLD < spec < Spec(3, 0):
        text = f"the MCO reads 2.0.0 to 2.2.0 and 3.0.0 to 3.5.0, not {version!r}"
        config.error(place, text)
        return None
    if spec > _NEWEST:
        config.warn(place, f"{version} is newer than 3.5.0, the newest known here")
    for name in ("append", "merge", "replace"):
        if ignition.child("config").has(name):
            text = "another config that is fetched is not followed here"
            config.warn(ignition.child("config").at(name), text)
    return spec


def _refuse_sections(config: Field, storage: Field, spec: Spec) -> None:
    for name in ("directories", "links") if spec.has_links else ():
        for item in storage.items(name):
            text = f"the MCO applies no {name}: it refuses a change of this section"
            config.error(item.place, text)
    arguments = config.child(_ARGUMENTS) if spec.has_arguments else None
    if arguments and any(arguments.value.values()):
        text = (
            "the MCO applies no kernel arguments from here and refuses a change of "
            "them: they belong into spec.kernelArguments"
        )
        config.error(arguments.place, text)
    if spec.old and list(config.child(_NETWORKD).items("units")):
        config.error(config.at(_NETWORKD), "the MCO cannot convert networkd units")


def _files(storage: Field, spec: Spec) -> Iterator[FileEntry]:
    for item in storage.items("files"):
        entry = read_file(item, spec)
        if entry:
            yield entry


def _judge_duplicates(storage: Field, files: list[FileEntry], spec: Spec) -> None:
    entries: dict[str, FileEntry] = {}
    for entry in files:
        earlier = entries.get(entry.path)
        entries[entry.path] = entry
        if earlier is None:
            continue
        text = f"{entry.path} is declared twice, first at {earlier.place.path}"
        if not spec.old:
            storage.error(entry.place, f"{text}: Ignition refuses that")
        elif entry.spelt != earlier.spelt:
            text = f"{text}, as {earlier.spelt}: the MCO cannot convert that"
            storage.error(entry.place, text)
        else:
            storage.warn(entry.place, f"{text}: the last one counts")


def _dropins(unit: Field) -> Iterator[tuple[str, str]]:
    for item in unit.items("dropins"):
        name = item.text("name") or ""
        if not name.endswith(".conf"):
            text = f"{name!r} does not end in .conf: Ignition refuses that drop-in"
            item.error(item.at("name"), text)
        yield name, item.text("contents") or ""


def _units(systemd: Field, spec: Spec) -> Iterator[UnitEntry]:
    names: set[str] = set()
    for item in systemd.items("units"):
        item.warn_unused(_UNIT | ({"enable"} if spec.old else set()), "Ignition")
        contents = item.text("contents") or ""
        dropins = tuple(_dropins(item))
        enabled = item.flag("enabled")
        if enabled is None and spec.old:
            enabled = item.flag("enable")
        name = item.text("name")
        if not name:
            item.error(item.place, "a unit without a name")
            continue
        if name.rpartition(".")[2] not in _UNIT_TYPES:
            text = f"{name} has no type of a unit: Ignition refuses that"
            item.error(item.at("name"), text)
        if name in names and not spec.old:
            text = f"the unit {name} is declared twice: Ignition refuses that"
            item.error(item.place, text)
        names.add(name)
        yield UnitEntry(
            name,
            contents,
            item.place,
            enabled=enabled,
            masked=item.flag("mask"),
            dropins=dropins,
        )
