"""Ignition configs of specification 2 and 3 inside MachineConfigs, as the MCO reads."""

import posixpath
import re
from collections.abc import Iterator

from agent.machineconfig.entries import FileEntry, IgnitionConfig, Spec, UnitEntry
from agent.machineconfig.fields import Field
from agent.machineconfig.ignition_file import read_file

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?")
_NEWEST = {Spec.TWO: 2, Spec.THREE: 5}
_TOP = {
    Spec.TWO: frozenset({"ignition", "networkd", "passwd", "storage", "systemd"}),
    Spec.THREE: frozenset(
        {"ignition", "kernelArguments", "passwd", "storage", "systemd"}
    ),
}
_SPECS = frozenset(Spec)
_UNITS = "/etc/systemd/system/"


def read(config: Field, *, applied: bool) -> IgnitionConfig:
    """Return what *config* declares; what is refused is noted in its problems.

    With *applied* the cluster has taken it already: links and directories, which
    it takes at its installation only, are nothing to refuse then.
    """
    spec = _spec(config)
    if spec is None:
        return IgnitionConfig()
    config.warn_unused(_TOP[spec], "Ignition")
    storage = config.child("storage")
    if not applied:
        _refuse_other_nodes(config, storage)
    files = list(_files(storage, spec))
    _judge_duplicates(storage, files, spec)
    units = tuple(_units(config.child("systemd")))
    if spec == Spec.THREE:
        _judge_conflicts(storage, files, units)
    unique = {entry.path: entry for entry in files}
    return IgnitionConfig(tuple(unique.values()), units)


def _spec(config: Field) -> Spec | None:
    """Return the specification's major version, None if the MCO refuses it."""
    ignition = config.child("ignition")
    version = ignition.text("version")
    place = ignition.at("version")
    match = _VERSION.fullmatch(version or "")
    if not match:
        if version is not None or not ignition.has("version"):
            shown = f"{version!r} is no version" if version else "is missing"
            config.error(place, f"{shown}: it has to read like 3.2.0")
        return None
    major, minor = int(match[1]), int(match[2])
    newest = _NEWEST.get(Spec(major)) if major in _SPECS else None
    if newest is None or match[3] != "0" or match[4] or _too_new(major, minor):
        text = f"the MCO reads 2.0.0 to 2.2.0 and 3.0.0 to 3.5.0, not {version}"
        config.error(place, text)
        return None
    if minor > newest:
        config.warn(place, f"{version} is newer than 3.5.0, the newest known here")
    for name in ("append", "merge", "replace"):
        if ignition.child("config").has(name):
            text = "another config that is fetched is not followed here"
            config.warn(ignition.child("config").at(name), text)
    return Spec(major)


def _too_new(major: int, minor: int) -> bool:
    # Specification 2 is complete; a newer MCO may well read more of 3.
    return major == Spec.TWO and minor > _NEWEST[Spec.TWO]


def _refuse_other_nodes(config: Field, storage: Field) -> None:
    for name in ("directories", "links"):
        for item in storage.items(name):
            text = f"the MCO applies no {name}: it refuses a change of this section"
            config.error(item.place, text)
    if config.has("kernelArguments"):
        text = (
            "the MCO applies no kernel arguments from here and refuses a change of "
            "them: they belong into spec.kernelArguments"
        )
        config.error(config.at("kernelArguments"), text)
    if list(config.child("networkd").items("units")):
        config.error(config.at("networkd"), "the MCO cannot convert networkd units")


def _files(storage: Field, spec: Spec) -> Iterator[FileEntry]:
    for item in storage.items("files"):
        entry = read_file(item, spec)
        if entry:
            yield entry


def _judge_duplicates(storage: Field, files: list[FileEntry], spec: Spec) -> None:
    seen: dict[str, FileEntry] = {}
    for entry in files:
        earlier = seen.get(entry.path)
        seen[entry.path] = entry
        if earlier is None:
            continue
        text = f"{entry.path} is declared twice, first at {earlier.place.path}"
        if spec == Spec.THREE:
            storage.error(entry.place, f"{text}: Ignition refuses that")
        else:
            storage.warn(entry.place, f"{text}: the last one counts")


def _judge_conflicts(
    storage: Field, files: list[FileEntry], units: tuple[UnitEntry, ...]
) -> None:
    written = {_UNITS + unit.name for unit in units if unit.text}
    for entry in files:
        if entry.path in written:
            name = posixpath.basename(entry.path)
            storage.error(entry.place, f"{entry.path} is what the unit {name} writes")


def _units(systemd: Field) -> Iterator[UnitEntry]:
    for item in systemd.items("units"):
        texts = [item.text("contents") or ""]
        texts += [dropin.text("contents") or "" for dropin in item.items("dropins")]
        enabled = item.flag("enabled")
        if enabled is None:
            enabled = item.flag("enable")
        name = item.text("name")
        if not name:
            item.error(item.place, "a unit without a name")
            continue
        yield UnitEntry(
            name,
            "\n".join(filter(None, texts)),
            item.place,
            enabled=enabled,
            masked=item.flag("mask"),
        )
