"""What was found at a path of the node: absent, empty and unreadable differ.

What could not be read has no content: asking for it raises UnseenError, and costs the
part of the node that is being read. Whoever can do with less looks at the presence.
"""

import errno
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from agent.hostfs.mounts import NOT_GIVEN


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


class UnseenError(OSError):
    """What is at a path could not be seen: it may be there, or anything else."""

    def __init__(self, path: str, problem: str, number: int = errno.EIO) -> None:
        super().__init__(number, problem, path)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        """Return where, and what the matter is."""
        return f"{self.path}: {self.problem}"


class NotGivenError(UnseenError):
    """The path was not given to the agent: whether it exists is not known."""

    def __init__(self, path: str) -> None:
        super().__init__(path, NOT_GIVEN, errno.EACCES)


@dataclass(frozen=True, slots=True)
class File:
    """The content of a regular file, or why there is none."""

    path: str
    presence: Presence
    _data: bytes = b""
    problem: str = ""

    @classmethod
    def of(cls, path: str, data: bytes, limit: int) -> "File":
        """Return the file with that content, which is not known beyond *limit*."""
        if len(data) > limit:
            problem = f"larger than {limit} bytes"
            return cls(path, Presence.UNREADABLE, problem=problem)
        return cls(path, Presence.PRESENT if data else Presence.EMPTY, data)

    @property
    def readable(self) -> bool:
        """True when the content, possibly empty, is known."""
        return self.presence in {Presence.PRESENT, Presence.EMPTY}

    @property
    def unseen(self) -> bool:
        """True when neither a content nor the lack of a file is known."""
        return self.presence is Presence.UNREADABLE

    @property
    def data(self) -> bytes:
        """The content, none of an absent file; raises UnseenError if not known."""
        if self.unseen:
            _raise(self.path, self.problem)
        return self._data

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
    _names: tuple[str, ...] = ()
    problem: str = ""
    kind: Kind = Kind.DIRECTORY

    @property
    def unseen(self) -> bool:
        """True when it is not known whether there are names."""
        return self.presence is Presence.UNREADABLE

    @property
    def names(self) -> tuple[str, ...]:
        """The names, none without a directory; raises UnseenError if not known."""
        if self.unseen:
            _raise(self.path, self.problem)
        return self._names


def _raise(path: str, problem: str) -> NoReturn:
    if problem == NOT_GIVEN:
        raise NotGivenError(path)
    raise UnseenError(path, problem)
