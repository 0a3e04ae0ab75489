"""What is wrong with a MachineConfig, and where: file, document and JSON path."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: A path of keys and positions in one document.
Keys = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z_][\w-]*")


class Severity(StrEnum):
    """How bad: an error is refused by the cluster or by its nodes."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the input; *document* counts from 1, as *line* does.

    *line* is None where the form of the input (JSON) does not tell.
    """

    file: str
    document: int
    keys: Keys = ()
    line: int | None = None

    @property
    def path(self) -> str:
        """The JSON path.

        >>> Place("x.yaml", 1, ("metadata", "labels", "a.b/c", 0)).path
        'metadata.labels["a.b/c"][0]'
        """
        return "".join(map(_step, self.keys)).removeprefix(".")

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        place = f"{self.file}{line}: document {self.document}"
        return f"{place}: {self.path}" if self.keys else place

    def contains(self, other: "Place") -> bool:
        """Tell whether *other* is this place or within it."""
        mine = (self.file, self.document, *self.keys)
        return mine == (other.file, other.document, *other.keys)[: len(mine)]

    def as_dict(self) -> dict[str, Any]:
        """Return the form the JSON output shows."""
        return {
            "file": self.file,
            "document": self.document,
            "line": self.line,
            "path": self.path,
        }


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _PLAIN.fullmatch(key) else f'["{key}"]'


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct, or to know."""

    severity: Severity
    place: Place
    message: str

    @property
    def is_error(self) -> bool:
        """True when cluster or nodes refuse what has the problem."""
        return self.severity == Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        """Return the form the JSON output shows."""
        place = self.place.as_dict()
        return {"severity": self.severity.value, **place, "message": self.message}


def has_error(problems: Iterable[Problem]) -> bool:
    """Tell whether one of *problems* is an error."""
    return any(problem.is_error for problem in problems)


def error(place: Place, message: str) -> Problem:
    """Return something for which the cluster or a node refuses the input."""
    return Problem(Severity.ERROR, place, message)


def warning(place: Place, message: str) -> Problem:
    """Return something that is taken but hardly meant."""
    return Problem(Severity.WARNING, place, message)


def note(place: Place, message: str) -> Problem:
    """Return something worth knowing."""
    return Problem(Severity.NOTE, place, message)


@dataclass(frozen=True, slots=True)
class Source:
    """One document of the input: where it is and the lines of its values."""

    file: str
    document: int
    lines: Mapping[Keys, int] = field(default_factory=dict)

    def place(self, keys: Keys) -> Place:
        """Return the place of the value at *keys*."""
        return Place(self.file, self.document, keys, self.lines.get(keys))
