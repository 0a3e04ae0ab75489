"""A search that does not answer: what that means, and when it is worth a word."""

import logging
import socket
from dataclasses import dataclass

from agent.paths.record import PATIENCE

# Of the resolver, which has negative numbers: there is no such name, or no address.
_NOBODY = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Silence:
    """Counts the failures of one search for *sought*.

    *in_log* has what the log tells is silent; searches for one name share it.
    """

    sought: str
    in_log: set[str]
    failures: int = 0
    answered: bool = False
    nobody: bool = False

    def ends(self) -> None:
        """Note an answer; log it if the log has heard of the silence."""
        if self.sought in self.in_log:
            self.in_log.discard(self.sought)
            event = "found again" if self.answered else "found"
            _log.info(event, extra={"sought": self.sought})
        self.failures, self.answered, self.nobody = 0, True, False

    def goes_on(self, error: Exception, *, has_earlier: bool) -> None:
        """Note a failure; log the first, of what has never answered a later one.

        *has_earlier* says whether an earlier answer stands in.
        """
        self.failures += 1
        early = not self.answered and self.failures < PATIENCE
        if early or self.sought in self.in_log:
            return
        self.in_log.add(self.sought)
        extra = {"sought": self.sought, "error": str(error)}
        if has_earlier:
            _log.warning("not found, keeping the last answer", extra=extra)
        else:
            _log.warning("not found, and no earlier answer", extra=extra)

    def means_nobody(self, error: Exception) -> bool:
        """Say whether DNS has answered, a second time, that there are no addresses.

        That is an answer. Once may be the moment of a server that has just started.
        """
        before = self.nobody
        self.nobody = getattr(error, "errno", None) in _NOBODY
        return before and self.nobody
