"""What one attempt to use a path came to: words, and the class of a failure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent.echo.message import Reply


class FailureClass(StrEnum):
    """Why an attempt failed: a closed set, used as a label."""

    RESOLVE = "resolve"  # the name gave no address in time
    NO_SCTP = "no_sctp"  # this kernel has no SCTP, or may not be asked for it
    UNREACHABLE = "unreachable"  # no route, or a router or the peer's host said so
    # ICMP: the kernel that has the address has no SCTP, or a rule speaks for it.
    PROTOCOL_UNREACHABLE = "protocol_unreachable"
    REFUSED = "refused"  # ABORT instead of INIT ACK
    TIMEOUT = "timeout"  # no answer at all within the deadline
    RESET = "reset"  # the association stood, then it was aborted
    LARGE_LOST = "large_lost"  # the small payload came back, the large one did not
    CORRUPTED = "corrupted"  # other bytes than were sent, or wrong checksums
    WRONG_RESPONDER = "wrong_responder"  # another node, or no agent at all, answered


class Stage(StrEnum):
    """The phases of an attempt, in order."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    EXCHANGE = "exchange"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: *failure* is None when every payload came back unchanged.

    *stage* is the last phase that was begun, *error* the name of an errno or "",
    *phases* the seconds that each phase took, *seconds* their sum. *reply* is
    the last reply, with the names and host addresses that any reply told.
    *local* is the address and *local_port* the port used here, *seen* the
    address that the responder saw, "" when none did. *sizes* are the payloads
    that came back, in bytes. *counters* are the changes of this network
    namespace's SCTP counters meanwhile, by the kernel's names; whatever else
    uses SCTP in the namespace is in them. *obstacle* is what here explains a
    failure, in words, "" if nothing known does.
    """

    failure: FailureClass | None
    stage: Stage
    error: str = ""
    phases: tuple[tuple[Stage, float], ...] = ()
    seconds: float = 0.0
    reply: Reply | None = None
    local: str = ""
    local_port: int = 0
    seen: str = ""
    sizes: tuple[int, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)
    obstacle: str = ""


CHECKSUM_ERRORS = "SctpChecksumErrors"
ABORTS = "SctpAborteds"
ANSWERS, OUT_OF_THE_BLUE = "SctpInCtrlChunks", "SctpOutOfBlues"

_CONNECT = {
    "ECONNREFUSED": FailureClass.REFUSED,
    "ENOPROTOOPT": FailureClass.PROTOCOL_UNREACHABLE,
    "ETIMEDOUT": FailureClass.TIMEOUT,
    "ECONNRESET": FailureClass.RESET,
}
_EXCHANGE = {
    "ETIMEDOUT": FailureClass.TIMEOUT,
    "EBADMSG": FailureClass.WRONG_RESPONDER,
    "EILSEQ": FailureClass.CORRUPTED,
}


def classify(
    stage: Stage,
    error: str,
    *,
    lost: bool,
    counters: Mapping[str, int],
) -> FailureClass:
    """Return the class of an attempt that failed with *error*, an errno's name.

    *lost* says that a payload came back before, and that what did not is not just
    late. EBADMSG stands for an answer of another protocol, EILSEQ for one with other
    bytes.
    """
    if error == "ETIMEDOUT" and counters.get(CHECKSUM_ERRORS, 0) > 0:
        return FailureClass.CORRUPTED
    if stage == Stage.CONNECT:
        return _CONNECT.get(error, FailureClass.UNREACHABLE)
    if error == "ETIMEDOUT" and lost:
        return FailureClass.LARGE_LOST
    return _EXCHANGE.get(error, FailureClass.RESET)
