"""What SCTP is used for: endpoints, associations and their paths. Pure values."""

from dataclasses import dataclass
from enum import StrEnum

from agent.workloads.owner import Owner


class AssociationState(StrEnum):
    """RFC 9260, section 4, as the kernel's tables number them."""

    CLOSED = "closed"
    COOKIE_WAIT = "cookie_wait"
    COOKIE_ECHOED = "cookie_echoed"
    ESTABLISHED = "established"
    SHUTDOWN_PENDING = "shutdown_pending"
    SHUTDOWN_SENT = "shutdown_sent"
    SHUTDOWN_RECEIVED = "shutdown_received"
    SHUTDOWN_ACK_SENT = "shutdown_ack_sent"
    UNKNOWN = "unknown"


class PathState(StrEnum):
    """Whether a remote address is used: RFC 9260, section 8.2, and RFC 7829."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    POTENTIALLY_FAILED = "potentially_failed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"


class Style(StrEnum):
    """The style of a socket (RFC 6458)."""

    ONE_TO_MANY = "one-to-many"
    PEELED_OFF = "peeled-off"
    ONE_TO_ONE = "one-to-one"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A listening socket; *inode* is 0 where no process has it."""

    port: int
    style: Style
    addresses: tuple[str, ...]
    uid: int
    inode: int


@dataclass(frozen=True, slots=True)
class Path:
    """A remote address of an association; *rto* is in the kernel's jiffies.

    *state*, *heartbeat*, *rto* and *most_retransmissions* are not known where the
    kernel has two associations that cannot be told apart.
    """

    address: str
    primary: bool = False
    state: PathState = PathState.UNKNOWN
    heartbeat: bool | None = None
    rto: int | None = None
    most_retransmissions: int | None = None


@dataclass(frozen=True, slots=True)
class Association:
    """One association; queues are in bytes, *retransmissions* counts DATA chunks.

    *number* is the kernel's, 0 before the peer has answered. *retransmissions* and
    *heartbeat_interval* (jiffies) are None where the kernel does not tell.
    """

    number: int
    state: AssociationState
    style: Style
    local_port: int
    remote_port: int
    local_addresses: tuple[str, ...]
    paths: tuple[Path, ...]
    send_queue: int
    receive_queue: int
    uid: int
    inode: int
    retransmissions: int | None = None
    heartbeat_interval: int | None = None
    streams_in: int | None = None
    streams_out: int | None = None

    @property
    def inactive_paths(self) -> int:
        """Count the remote addresses that do not answer."""
        return sum(path.state is PathState.INACTIVE for path in self.paths)


@dataclass(frozen=True, slots=True)
class Workload:
    """What one owner uses."""

    owner: Owner
    endpoints: tuple[Endpoint, ...] = ()
    associations: tuple[Association, ...] = ()

    @property
    def retransmissions(self) -> int:
        """Sum the retransmitted DATA chunks of the associations that there are."""
        return sum(a.retransmissions or 0 for a in self.associations)

    @property
    def inactive_paths(self) -> int:
        """Count the remote addresses that do not answer."""
        return sum(a.inactive_paths for a in self.associations)


@dataclass(frozen=True, slots=True)
class Workloads:
    """Who uses SCTP on the node, those with most associations first.

    *stack* tells whether SCTP is in the kernel: without it nobody can use it.
    *problems* say what was not seen, so that somebody may be missing. *time* is Unix
    time, None before the first look.
    """

    users: tuple[Workload, ...] = ()
    stack: bool = False
    problems: tuple[str, ...] = ()
    processes: int = 0
    namespaces: int = 0
    time: float | None = None

    @property
    def complete(self) -> bool:
        """Tell whether all was seen, so that nobody is missing."""
        return self.time is not None and not self.problems
