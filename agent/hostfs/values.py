"""What was found at a path of the node: absent, empty and unreadable differ."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """What was found at a path; four different facts."""

    PRESENT = "present"
    ABSENT = "absent"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


class Kind(StrEnum):
    """What a path leads to after its symbolic links."""

    FILE = "file"
    DIRECTORY = "directory"
    NULL = "null device"
    SPECIAL = "special file"
    DANGLING = "dangling link"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class File:
    """The content of a regular file, or why there is none."""

    path: str
    presence: Presence
    data: bytes = b""
    problem: str = ""

    @property
    def readable(self) -> bool:
        """True when the content, possibly empty, is known."""
        return self.presence in {Presence.PRESENT, Presence.EMPTY}

    @property
    def text(self) -> str:
        """The content as text; bytes that are not UTF-8 become escapes."""
        return self.data.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Listing:
    """The names in a directory, or why they are not known.

    *kind* tells a directory from a plain file that stands in its place.
    """

    path: str
    presence: Presence
    names: tuple[str, ...] = ()
    problem: str = ""
    kind: Kind = Kind.DIRECTORY
