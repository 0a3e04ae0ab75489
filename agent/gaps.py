"""Why a fact is missing, how old one is that was kept, when one was written."""

from dataclasses import dataclass
from enum import StrEnum


class GapCause(StrEnum):
    """Why something that should have been read was not."""

    LATE = "late"  # no answer came in time
    CRASHED = "crashed"  # a defect of the agent
    UNREADABLE = "unreadable"
    WITHHELD = "withheld"  # not given to the agent, on purpose


@dataclass(frozen=True, slots=True)
class Change:
    """When something of the node was written last, Unix time; *path* names it."""

    path: str
    time: float


@dataclass(frozen=True, slots=True)
class OldPart:
    """A part of the node whose last answer stands in for a late one.

    *age* is in seconds, *path* what was being read, "" if that is not known.
    """

    name: str
    age: float
    path: str
    problem: str
