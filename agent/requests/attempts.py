"""The requests for modules that one attempt to open a socket makes, put together.

inet_create and inet6_create ask for `net-pf-2-proto-132-type-1` and then, without a
type, for `net-pf-2-proto-132` (net/ipv4/af_inet.c); each call waits for modprobe. Only
the second name is an alias of sctp, so that both are seen when it gets loaded, too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.kernel.trace import Asked, Refused
from agent.workloads.owner import Owner

_NAME = re.compile(r"net-pf-(2|10)-proto-132(?:-type-(\d{1,3}))?")
_FAMILIES = {"2": "ipv4", "10": "ipv6"}
_STYLES = {"1": "one-to-one", "5": "one-to-many"}
_CALLERS = {"inet_create": "ipv4", "inet6_create": "ipv6"}
UNKNOWN_STYLE = "unknown"
_SETTLING = 0.05  # seconds from an event to the thread's wait for modprobe
_UNSEEN = 2.0  # seconds that an attempt may take whose thread is not seen
_LONGEST = 10.0  # seconds; what modprobe has not done then it is not waited for
_QUIET = 2  # looks in a row that find the thread elsewhere
_MOST = 256


@dataclass(slots=True)
class Attempt:
    """One call of socket(); *time* is the trace's, *arrival* the reader's."""

    pid: int
    command: str
    family: str
    style: str
    time: float
    arrival: float
    refused: bool
    complete: bool = False
    quiet: int = 0
    owner: Owner = field(default_factory=Owner)

    @property
    def socket(self) -> str:
        """What was asked for, in words."""
        return f"{self.family} {self.style}"


#: Tells whether a thread waits in the kernel, None if that cannot be seen.
Waits = Callable[[int], bool | None]


class Attempts:
    """Those under way, at most 256: with more, the oldest ones are taken as over."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, str], Attempt] = {}
        self._over: list[Attempt] = []

    @property
    def pending(self) -> bool:
        """True while there is something to look at."""
        return bool(self._open or self._over)

    def hear(self, event: Asked | Refused, now: float) -> Attempt | None:
        """Take an event; return the attempt that begins with it, None for none."""
        kind = _kind(event)
        if kind is None:
            return None
        family, style = kind
        refused = isinstance(event, Refused)
        key = event.pid, family
        before = self._open.get(key)
        if before and _goes_on(before, style, refused=refused):
            before.arrival, before.complete, before.quiet = now, True, 0
            return None
        if before:  # it has come back to ask for another socket
            self._over.append(self._open.pop(key))
        begun = Attempt(
            *(event.pid, event.command, family, style or UNKNOWN_STYLE),
            time=event.time,
            arrival=now,
            refused=refused,
            complete=not style and not refused,
        )
        self._open[key] = begun
        if len(self._open) > _MOST:
            self._over.append(self._open.pop(next(iter(self._open))))
        return begun

    def over(self, now: float, waits: Waits) -> list[Attempt]:
        """Return the attempts that have come to their end, and forget them."""
        over = {
            key: attempt
            for key, attempt in self._open.items()
            if _has_ended(attempt, now, waits)
        }
        for key in over:
            del self._open[key]
        attempts, self._over = [*self._over, *over.values()], []
        return attempts


def _kind(event: Asked | Refused) -> tuple[str, str] | None:
    """Return family and style, "" for a request without a type; None if not ours."""
    if isinstance(event, Refused):
        for caller in event.callers:
            family = _CALLERS.get(caller.partition(".")[0])
            if family:
                return family, ""
        return None
    match = _NAME.fullmatch(event.name)
    if not match:
        return None
    style = _STYLES.get(match[2], UNKNOWN_STYLE) if match[2] else ""
    return _FAMILIES[match[1]], style


def _goes_on(before: Attempt, style: str, *, refused: bool) -> bool:
    return not (style or before.complete) and before.refused is refused


def _has_ended(attempt: Attempt, now: float, waits: Waits) -> bool:
    age = now - attempt.arrival
    if age < _SETTLING:
        return False
    waiting = waits(attempt.pid)
    if waiting is None:
        return age >= _UNSEEN
    attempt.quiet = 0 if waiting else attempt.quiet + 1
    return attempt.quiet >= _QUIET or age >= _LONGEST
