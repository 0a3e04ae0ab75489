"""What a MachineConfig declares: files, units, kernel arguments, with places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from agent.ignition.problems import Place, Problem

T = TypeVar("T")
ROLE_LABEL = "machineconfiguration.openshift.io/role"


class Spec(NamedTuple):
    """The version of an Ignition specification."""

    major: int
    minor: int

    @property
    def old(self) -> bool:
        """True for 2.x, which the MCO converts."""
        return self.major == _OLD

    @property
    def has_overwrite(self) -> bool:
        """True where a file can overwrite or append, and its mode can be unset."""
        return self >= (_OLD, 2)

    @property
    def has_links(self) -> bool:
        """True where a config can have links and directories."""
        return self >= (_OLD, 1)

    @property
    def has_sha256(self) -> bool:
        """True where the sum of a content can be a SHA-256."""
        return self >= (_OLD + 1, 1)

    @property
    def has_arguments(self) -> bool:
        """True where a config can have kernel arguments."""
        return self >= (_OLD + 1, 3)


_OLD = 2


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A value and where it is."""

    value: T
    place: Place


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of an Ignition config; None stands for not set.

    *spelt* is the path as it is written there.
    """

    path: str
    place: Place
    spelt: str = ""
    source: Placed[str] | None = None
    compression: Placed[str] | None = None
    mode: Placed[int] | None = None
    overwrite: Placed[bool] | None = None
    digest: Placed[str] | None = None


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """One systemd unit: its *contents*, and those of its *dropins* by their names."""

    name: str
    contents: str
    place: Place
    enabled: bool | None = None
    masked: bool | None = None
    dropins: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The contents and those of the drop-ins, one after another."""
        texts = (self.contents, *(text for _, text in self.dropins))
        return "\n".join(filter(None, texts))


@dataclass(frozen=True, slots=True)
class IgnitionConfig:
    """The parts of an Ignition config that matter here."""

    files: tuple[FileEntry, ...] = ()
    units: tuple[UnitEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """One MachineConfig.

    *label_place* is where its role is, or should be. *pool* is that of a rendered
    config, "" for all others.
    """

    name: str
    role: str
    labels: Mapping[str, str]
    place: Place
    label_place: Place
    config: IgnitionConfig = IgnitionConfig()
    kernel_arguments: tuple[Placed[str], ...] = ()
    pool: str = ""
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        line = "" if self.place.line is None else f":{self.place.line}"
        document = f"document {self.place.document}"
        return f"{self.name} ({self.place.file}{line}, {document})"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a label selector: In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def met_by(self, labels: Mapping[str, str]) -> bool:
        """Tell whether *labels* satisfy it, by the rules of Kubernetes."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Pool:
    """A MachineConfigPool: which MachineConfigs its nodes get.

    *rendered* is the name of the rendered MachineConfig it wants, "" if unknown.
    """

    name: str
    selector: tuple[Requirement, ...]
    place: Place | None = None
    rendered: str = ""

    def selects(self, config: MachineConfig) -> bool:
        """Tell whether nodes of the pool get *config*; nothing selects nothing."""
        return bool(self.selector) and all(
            requirement.met_by(config.labels) for requirement in self.selector
        )
