"""How far an attempt has come: its stage, the time of each, what is known."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from agent.echo.message import Reply
from agent.echo.outcome import Attempt, FailureClass, Stage, classify
from agent.errno_names import error_name
from agent.report.stack_counters import ASSOCIATIONS

_CERTAIN = 3  # times as long as the one before took, then a reply is lost, not late


class Walk:
    """Collects what an attempt sees on its way; starts with Stage.CONNECT."""

    def __init__(
        self,
        counters: Callable[[], Mapping[str, int]],
        obstacle: Callable[[str], str] = lambda _error: "",
    ) -> None:
        self.local: tuple[str, int] = ("", 0)
        self.reply: Reply | None = None
        self.sizes: list[int] = []
        self._counters, self._obstacle = counters, obstacle
        self._before = counters()
        self._stage = Stage.CONNECT
        self._began = time.perf_counter()
        self._phases: list[tuple[Stage, float]] = []
        self._took = 0.0  # by the latest echo
        self._waiting_since = self._began
        self._settled = False
        self._failure: FailureClass | None = None

    def enter(self, stage: Stage) -> None:
        """Begin the next phase."""
        now = time.perf_counter()
        self._phases.append((self._stage, now - self._began))
        self._stage, self._began = stage, now
        self._waiting_since = now

    def echoed(self, size: int) -> None:
        """Note that a payload of *size* bytes came back."""
        now = time.perf_counter()
        self._took, self._waiting_since = now - self._waiting_since, now
        self.sizes.append(size)

    def settle(self, failure: FailureClass | None) -> None:
        """Fix the result: what comes now only ends the association."""
        self._settled, self._failure = True, failure

    def finish(self, error: OSError | None) -> Attempt:
        """Return the result; *error* is what ended the attempt, if anything did."""
        counters = self._deltas()
        if self._settled or error is None:
            return self._result(self._failure, "", counters)
        name = error_name(error)
        # A path that is slow enough loses nothing, and comes too late all the same.
        waited = time.perf_counter() - self._waiting_since
        lost = bool(self.sizes) and waited >= _CERTAIN * self._took
        failure = classify(self._stage, name, lost=lost, counters=counters)
        obstacle = self._obstacle(name)
        return replace(self._result(failure, name, counters), obstacle=obstacle)

    def refused_socket(self, error: OSError) -> Attempt:
        """Return the result of an attempt for which there was no socket."""
        return self._result(FailureClass.NO_SCTP, error_name(error), {})

    def _result(
        self, failure: FailureClass | None, error: str, counters: Mapping[str, int]
    ) -> Attempt:
        self.enter(self._stage)
        return Attempt(
            failure=failure,
            stage=self._stage,
            error=error,
            phases=tuple(self._phases),
            seconds=sum(seconds for _, seconds in self._phases),
            reply=self.reply,
            local=self.local[0],
            local_port=self.local[1],
            seen=self.reply.seen if self.reply else "",
            sizes=tuple(self.sizes),
            counters=counters,
        )

    def _deltas(self) -> dict[str, int]:
        after = self._counters()
        deltas = {
            name: value - self._before.get(name, 0) for name, value in after.items()
        }
        deltas.pop(ASSOCIATIONS, None)  # a gauge: the attempt's own is in it
        return {name: delta for name, delta in deltas.items() if delta}
