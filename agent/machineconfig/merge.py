"""MachineConfigs of one pool made into one, as the MCO renders them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.ignition.content import ContentError, content
from agent.ignition.entries import (
    FileEntry,
    MachineConfig,
    Placed,
    UnitEntry,
)
from agent.ignition.problems import Problem, error
from agent.systemd.names import OWN

_WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One MachineConfig's part in a file."""

    config: MachineConfig
    entry: FileEntry


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A file of the merged config: its content and whose it is, last one last."""

    path: str
    data: bytes
    entry: FileEntry
    history: tuple[Contribution, ...]

    @property
    def writer(self) -> MachineConfig:
        """The MachineConfig that counts: the last that has the path."""
        return self.history[-1].config


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """What a node of the pool gets, from *configs* in the order of merging."""

    configs: tuple[MachineConfig, ...] = ()
    files: tuple[MergedFile, ...] = ()
    units: tuple[tuple[MachineConfig, UnitEntry], ...] = ()
    kernel_arguments: tuple[tuple[MachineConfig, Placed[str]], ...] = ()
    problems: tuple[Problem, ...] = ()

    def file(self, path: str) -> MergedFile | None:
        """Return the file at *path*."""
        return next((file for file in self.files if file.path == path), None)


def in_order(configs: Iterable[MachineConfig]) -> tuple[MachineConfig, ...]:
    """Return *configs* as the MCO orders them: the role worker first, by name.

    Since the MCO of OpenShift 4.15; names are compared byte by byte.
    """

    def key(config: MachineConfig) -> tuple[bool, bytes]:
        name = config.name.encode("utf-8", "surrogatepass")
        return config.role != _WORKER, name

    return tuple(sorted(configs, key=key))


def merge(configs: Iterable[MachineConfig]) -> NodeConfig:
    """Return what the MCO renders from *configs*.

    A later file takes over from an earlier one field by field what it sets. Kernel
    arguments are put one after another and never removed.
    """
    sequence = in_order(configs)
    errors = [p.place for c in sequence for p in c.problems if p.is_error]
    histories: dict[str, list[Contribution]] = {}
    for config in sequence:
        for entry in config.config.files:
            histories.setdefault(entry.path, []).append(Contribution(config, entry))
    units = _merged_units(sequence)
    files, problems = [], _conflicts(histories, units)
    for history in histories.values():
        entry = _merged_entry(history)
        try:
            data = content(entry)
        except ContentError as cause:
            place = entry.source.place if entry.source else entry.place
            # What is wrong by itself has been said.
            if not any(map(entry.place.contains, errors)):
                problems.append(error(place, str(cause)))
            continue
        files.append(MergedFile(entry.path, data, entry, tuple(history)))
    return NodeConfig(
        configs=sequence,
        files=tuple(files),
        units=units,
        kernel_arguments=tuple((c, a) for c in sequence for a in c.kernel_arguments),
        problems=tuple(problems),
    )


def _conflicts(
    histories: Mapping[str, list[Contribution]],
    units: Sequence[tuple[MachineConfig, UnitEntry]],
) -> list[Problem]:
    """Return the files that units write as well, which Ignition refuses."""
    problems = []
    for config, unit in units:
        history = histories.get(f"{OWN}/{unit.name}")
        if unit.contents and history:
            text = f"this is what the unit {unit.name} of {config.name} writes"
            problems.append(error(history[-1].entry.place, text))
    return problems


def _merged_entry(history: Sequence[Contribution]) -> FileEntry:
    entry = history[0].entry
    for contribution in history[1:]:
        later = contribution.entry
        entry = replace(
            later,
            source=later.source or entry.source,
            # Not inherited since 2025: gzip of one and the text of another.
            compression=later.compression,
            mode=later.mode or entry.mode,
            overwrite=later.overwrite or entry.overwrite,
            digest=later.digest or entry.digest,
        )
    return entry


def _merged_units(
    configs: Sequence[MachineConfig],
) -> tuple[tuple[MachineConfig, UnitEntry], ...]:
    units: dict[str, tuple[MachineConfig, UnitEntry]] = {}
    for config in configs:
        for unit in config.config.units:
            if unit.name in units:
                earlier = units[unit.name][1]
                units[unit.name] = (config, _merged_unit(earlier, unit))
            else:
                units[unit.name] = (config, unit)
    return tuple(units.values())


def _merged_unit(earlier: UnitEntry, later: UnitEntry) -> UnitEntry:
    return replace(
        later,
        contents=later.contents or earlier.contents,
        dropins=tuple({**dict(earlier.dropins), **dict(later.dropins)}.items()),
        enabled=earlier.enabled if later.enabled is None else later.enabled,
        masked=earlier.masked if later.masked is None else later.masked,
    )
