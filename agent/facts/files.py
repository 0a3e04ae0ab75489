"""What a file of the node was: looked at, or not read and why."""

from dataclasses import dataclass
from typing import Any

from agent.gaps import GapCause
from agent.hostfs.mounts import NOT_GIVEN
from agent.hostfs.values import Presence


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that should have been read and was not; *path* names it."""

    path: str
    problem: str
    cause: GapCause = GapCause.UNREADABLE

    def __post_init__(self) -> None:
        if self.problem == NOT_GIVEN:
            object.__setattr__(self, "cause", GapCause.WITHHELD)

    @property
    def late(self) -> bool:
        """True when no answer came in time."""
        return self.cause is GapCause.LATE

    @property
    def whole(self) -> bool:
        """True when it is a whole part of the node, not one path."""
        return not self.path.startswith("/")

    @property
    def withheld(self) -> bool:
        """True when it was left out on purpose: not given to the agent."""
        return self.cause is GapCause.WITHHELD

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


@dataclass(frozen=True, slots=True)
class DropIn:
    """One configuration file that was looked at.

    *masked_by* is the path of the file of the same name that hides it.
    """

    path: str
    presence: Presence
    masked_by: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the form the report shows."""
        document: dict[str, Any] = {"path": self.path, "presence": self.presence.value}
        if self.masked_by:
            document["masked_by"] = self.masked_by
        return document
