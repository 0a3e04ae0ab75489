"""What one configuration file does to SCTP, by its content alone. Pure."""

from enum import Enum

from agent.ignition.content import ContentError, content
from agent.ignition.entries import FileEntry, MachineConfig
from agent.kmod import grammar
from agent.kmod.grammar import Directive, Keyword
from agent.kmod.rules import KmodRules
from agent.machineconfig.merge import MergedFile
from agent.names import SCTP
from agent.systemd import modules_load

MODPROBE = "/modprobe.d/"
MODULES_LOAD = "/modules-load.d/"
_RULES = KmodRules(28)  # lines about sctp mean the same to all versions


class Effect(Enum):
    """What a file says about sctp."""

    NONE = "says nothing of sctp"
    DENIES = "denies sctp"
    LOADS = "loads sctp at boot"


def effect(path: str, data: bytes) -> Effect:
    """Return what *data*, at *path*, does."""
    if MODPROBE in path and any(map(_denies, grammar.parse(path, data, _RULES))):
        return Effect.DENIES
    if MODULES_LOAD in path:
        names = (entry.name for entry in modules_load.parse(path, data))
        if any(name.replace("-", "_") == SCTP for name in names):
            return Effect.LOADS
    return Effect.NONE


def effect_of(entry: FileEntry) -> Effect | None:
    """Return what *entry* by itself would do, None if it has no content."""
    try:
        return effect(entry.path, content(entry))
    except ContentError:
        return None


def enables(file: MergedFile) -> bool:
    """Tell whether *file* takes part in enabling sctp."""
    outcome = effect(file.path, file.data)
    masks = MODPROBE in file.path and SCTP in file.path and outcome == Effect.NONE
    return masks or outcome == Effect.LOADS


def enablers(files: tuple[MergedFile, ...]) -> tuple[MachineConfig, ...]:
    """Return the MachineConfigs that take part in enabling sctp."""
    configs = {file.writer.name: file.writer for file in files if enables(file)}
    return tuple(configs.values())


def _denies(line: object) -> bool:
    return (
        isinstance(line, Directive)
        and line.keyword in {Keyword.BLACKLIST, Keyword.INSTALL}
        and line.name == SCTP
    )
