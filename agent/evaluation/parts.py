"""The parts of a node, each read with a deadline; a late one is as it was last."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from agent.facts import Gap
from agent.gaps import GapCause, OldPart
from agent.hostfs.host import Host
from agent.hostfs.values import UnseenError
from agent.threads import Bounded, NoThreadError, Overdue

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a part was, read from *begun* on (monotonic) with *basis* given."""

    result: Any
    begun: float
    basis: object


class Parts:
    """Reads parts of one node, again and again.

    One part may take *deadline* seconds. If it takes longer, its last answer stands
    in until that is *patience* seconds old; one that comes late is there for the
    next time. *gaps* and *old* tell what is missing and what is not new since
    *begin* was called. *view* returns a new view of the node.
    """

    def __init__(
        self, view: Callable[[], Host], *, deadline: float, patience: float
    ) -> None:
        self._view = view
        self._deadline = deadline
        self._patience = patience
        self._bounded = Bounded()
        self._reading: dict[str, Host] = {}  # knows the path, by part
        self._answers: dict[str, _Answer] = {}
        self._defects: dict[str, str] = {}
        self.gaps: list[Gap] = []
        self.old: list[OldPart] = []

    def begin(self) -> None:
        """Forget what was missing at the last evaluation."""
        self.gaps, self.old = [], []

    def read(
        self,
        name: str,
        work: Callable[[Host], T],
        missing: Callable[[Gap], T],
        *,
        basis: object = None,
    ) -> T:
        """Return what *work* reads; where it is late its last answer, or *missing*.

        *basis* is what else the answer depends on: it lasts only where that is the
        same. A defect costs this part alone, and is logged when it is new.
        """
        host, begun = self._view(), time.monotonic()

        def remember() -> T:
            result = work(host)
            self._answers[name] = _Answer(result, begun, basis)
            return result

        try:
            result = self._bounded.run(name, remember, deadline=self._deadline)
        except NoThreadError as error:
            gap = Gap(name, f"{error.strerror}", GapCause.LATE)
        except UnseenError as error:
            self.gaps.append(Gap(name, str(error)))
            return missing(self.gaps[-1])
        except Exception as error:  # noqa: BLE001 - the other parts go on
            self._tell(name, error)
            problem = f"the agent failed to read it: {error!r}"
            self.gaps.append(Gap(name, problem, GapCause.CRASHED))
            return missing(self.gaps[-1])
        else:
            if not isinstance(result, Overdue):
                self._defects.pop(name, None)
                return result
            if not result.again:
                self._reading[name] = host
            gap = self._late(name)
        answer = self._answers.get(name)
        if answer and answer.basis == basis:
            age = time.monotonic() - answer.begun
            if age < self._patience:
                path = "" if gap.whole else gap.path
                self.old.append(OldPart(name, age, path, gap.problem))
                last: T = answer.result
                return last
        self.gaps.append(gap)
        return missing(gap)

    def _late(self, name: str) -> Gap:
        path = self._reading[name].reading or name
        return Gap(path, f"no answer within {self._deadline:g} s", GapCause.LATE)

    def _tell(self, name: str, error: Exception) -> None:
        if self._defects.get(name) != repr(error):
            self._defects[name] = repr(error)
            _log.error("reading failed", extra={"part": name}, exc_info=error)
