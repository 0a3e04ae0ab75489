"""When it is looked who uses SCTP: rarely, with a deadline, beside the verdict."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from agent.hostfs.host import Host
from agent.hostfs.mounts import Mounts
from agent.sources.workloads import MANY, SOME, WorkloadReader
from agent.threads import Bounded, NoThreadError, Overdue
from agent.workloads.usage import Workloads

_LEAST = 60.0  # seconds from one look at all processes to the next
_DEADLINE = 10.0  # seconds

_log = logging.getLogger(__name__)


class WorkloadLooks:
    """Returns who uses SCTP, as it was found at most a minute ago.

    *once* is for who does not come again: then all descriptors may be searched. What
    goes wrong here is a problem of the answer, and of no verdict.
    """

    def __init__(
        self,
        root: str,
        mounts: Mounts | None,
        *,
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        host = Host(root, live=True, mounts=mounts)
        self._reader = WorkloadReader(host, most=MANY if once else SOME)
        self._bounded = Bounded()
        self._clock = clock
        self._last = Workloads()
        self._look_time: float | None = None
        self._defect = ""

    def __call__(self) -> Workloads:
        """Return the last answer, or look again when that is too old.

        Where SCTP was not in the kernel it is looked each time: that is one call.
        """
        now = self._clock()
        if (
            self._look_time is not None
            and self._last.stack
            and now - self._look_time < _LEAST
        ):
            return self._last
        self._look_time = now
        try:
            workloads = self._bounded.run(
                "workloads", self._reader.read, deadline=_DEADLINE
            )
        except NoThreadError as error:
            return self._last_answer(f"{error.strerror}")
        except Exception as error:  # noqa: BLE001  # costs this answer alone
            if repr(error) != self._defect:
                self._defect = repr(error)
                _log.error("looking at workloads failed", exc_info=error)
            return self._last_answer(f"the agent failed to read it: {error!r}")
        if isinstance(workloads, Overdue):
            path = self._reader.reading or "/proc"
            return self._last_answer(f"{path}: no answer within {_DEADLINE:g} s")
        self._defect = ""
        self._last = workloads
        return workloads

    def _last_answer(self, problem: str) -> Workloads:
        """Return what was known before, and that it is no longer certain."""
        self._last = replace(self._last, problems=(problem,))
        return self._last
