"""What the cluster declares for a node, beside what the node has: frozen values."""

from dataclasses import dataclass

from agent.gaps import GapCause
from agent.hostfs.values import Presence

#: Where the machine-config-daemon keeps what the node should be.
CURRENT_CONFIG = "/etc/machine-config-daemon/currentconfig"


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """One file about SCTP that the node's MachineConfig declares.

    *declared* is its content, *on_disk* the one on disk with its *presence*;
    *problem* says why either is not known.
    """

    path: str
    declared: str
    presence: Presence
    on_disk: str = ""
    problem: str = ""

    @property
    def same(self) -> bool:
        """True when the file on disk is as declared."""
        there = self.presence in {Presence.PRESENT, Presence.EMPTY}
        return there and not self.problem and self.declared == self.on_disk

    @property
    def state(self) -> str:
        """What is on disk, in words or as it is."""
        if self.presence == Presence.ABSENT:
            return "no such file"
        return self.problem or self.on_disk.strip() or "empty"


@dataclass(frozen=True, slots=True)
class Declared:
    """The part of the node's current MachineConfig that is about SCTP.

    *config* is its name, "" where no Machine Config Operator manages the node;
    *arguments* are kernel arguments that it declares and the running kernel has
    not got. *problem* says why it could not be read, of the kind *cause*; *left_out*
    why its absence says nothing: the archive does not hold it, or it was not given
    to the agent.
    """

    config: str = ""
    files: tuple[DeclaredFile, ...] = ()
    arguments: tuple[str, ...] = ()
    problem: str = ""
    cause: GapCause = GapCause.UNREADABLE
    left_out: str = ""
