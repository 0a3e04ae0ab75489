"""What was observed of the next boot: what it loads and sets."""

from dataclasses import dataclass, field
from enum import StrEnum

from agent.facts.files import DropIn, Gap
from agent.findings import Origin
from agent.systemd.modules_load import Entry


class Init(StrEnum):
    """The program that starts everything at a boot."""

    SYSTEMD = "systemd"
    OPENRC = "OpenRC"
    SYSVINIT = "sysvinit"
    OTHER = "another init"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ModuleService:
    """What loads the listed modules at a boot: the init and its service.

    *off_by* says where it is kept from running (no path: it is not there), with
    *off* in words; *doubts* are lines that may keep it from running,
    and what was not read may have more.
    """

    init: Init = Init.UNKNOWN
    off: str = ""
    off_by: Origin = Origin("")
    doubts: tuple[Origin, ...] = ()
    unseen: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class BootLoad:
    """A load of *module* at boot by something else than that service.

    *by* names it in words, *unit* is the unit of systemd that it is, "" if none.
    *blacklist* when a blacklist line denies it. Only where *certain* it is known to
    run, and as this says.
    """

    module: str
    origin: Origin
    by: str
    blacklist: bool = False
    certain: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A sysctl set at boot; *origin* says where."""

    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class BootFacts:
    """What is loaded and set at boot: modules-load.d and sysctl.d, and others.

    *heeds_blacklist* tells, of an init that calls modprobe, whether that heeds one.
    *entries* are those of the next boot, *fleeting* those in /run, which is empty
    then. *in_vain* are lines and files that were meant for sctp and are read by
    nobody. *loads* come beside them, and could in *unseen_loads*; *masked_by* is the
    argument that masks systemd-modules-load, *diverted_by* one by which a boot does not
    start as usual.

    *unseen* are folders and files that an archive leaves out, or that were not
    given to the agent, and that could only add entries; *unseen_settings* likewise
    of sysctl.d.
    """

    entries: tuple[Entry, ...] = ()
    heeds_blacklist: bool | None = False
    fleeting: tuple[Origin, ...] = ()
    in_vain: tuple[Origin, ...] = ()
    loads: tuple[BootLoad, ...] = ()
    unseen_loads: tuple[Gap, ...] = ()
    masked_by: Origin = Origin("")
    diverted_by: Origin = Origin("")
    drop_ins: tuple[DropIn, ...] = ()
    sysctls: dict[str, Assignment] = field(default_factory=dict)
    unseen: tuple[Gap, ...] = ()
    unseen_settings: tuple[Gap, ...] = ()
    gaps: tuple[Gap, ...] = ()
