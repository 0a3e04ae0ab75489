"""Values of a document asked for by name and type; what does not fit is noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from agent.ignition.problems import Keys, Place, Problem, Source, error, warning
from agent.ignition.scalars import Value

T = TypeVar("T")
_NAMES: dict[type, str] = {
    str: "a text",
    int: "an integer",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A value, where it is, and the list that takes the problems found in it."""

    value: Any  # a dictionary, wherever the others are asked for
    source: Source
    keys: Keys
    problems: list[Problem]

    @property
    def place(self) -> Place:
        """Where the value is."""
        return self.source.place(self.keys)

    def has(self, name: str) -> bool:
        """Tell whether there is a value, other than null, called *name*."""
        return self._find(name) is not None

    def at(self, name: str) -> Place:
        """Return the place of the value called *name*, else of this object."""
        key = self._find(name)
        return self.place if key is None else self.source.place((*self.keys, key))

    def child(self, name: str) -> "Field":
        """Return the object called *name*, an empty one if there is none."""
        return self._field(name, self._value(name, dict) or {})

    def items(self, name: str) -> Iterator["Field"]:
        """Yield the objects of the list called *name*."""
        for item in self._members(name):
            if isinstance(item.value, dict):
                yield item
            else:
                self.error(item.place, _mismatch(item.value, dict))

    def texts(self, name: str) -> Iterator[tuple[str, Place]]:
        """Yield the texts of the list called *name*."""
        for item in self._members(name):
            if isinstance(item.value, str):
                yield item.value, item.place
            else:
                self.error(item.place, _mismatch(item.value, str))

    def text(self, name: str) -> str | None:
        """Return the text called *name*."""
        return self._value(name, str)

    def number(self, name: str) -> int | None:
        """Return the integer called *name*."""
        return self._value(name, int)

    def flag(self, name: str) -> bool | None:
        """Return the truth value called *name*."""
        return self._value(name, bool)

    def error(self, place: Place, message: str) -> None:
        """Note something that is refused."""
        self.problems.append(error(place, message))

    def warn(self, place: Place, message: str) -> None:
        """Note something that is hardly meant."""
        self.problems.append(warning(place, message))

    def warn_unused(self, vocabulary: frozenset[str], reader: str) -> None:
        """Note the keys that *reader* passes over."""
        for key in self.value:
            if key not in vocabulary:
                place = self.source.place((*self.keys, key))
                self.warn(place, f"{reader} does not know `{key}` and ignores it")

    def _find(self, name: str) -> str | None:
        """Return the key as it is spelt: Go's JSON reader ignores its case.

        Of several the last counts, and the cluster keeps them in byte order.
        """
        folded = name.casefold()
        key = max((k for k in self.value if k.casefold() == folded), default=None)
        return None if key is None or self.value[key] is None else key

    def _field(self, name: str, value: Value) -> "Field":
        keys = (*self.keys, self._find(name) or name)
        return Field(value, self.source, keys, self.problems)

    def _members(self, name: str) -> Iterator["Field"]:
        whole = self._field(name, self._value(name, list) or [])
        for position, value in enumerate(whole.value):
            keys = (*whole.keys, position)
            yield Field(value, self.source, keys, self.problems)

    def _value(self, name: str, kind: type[T]) -> T | None:
        key = self._find(name)
        if key is None:
            return None
        value = self.value[key]
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self.error(self.at(name), _mismatch(value, kind))
        return None


def _mismatch(value: Value, kind: type) -> str:
    text = f"{value!r}"[:40] if isinstance(value, str | int | float) else ""
    kind_name = _NAMES.get(type(value), "null" if value is None else "a number")
    return f"{text} is {kind_name}, not {_NAMES[kind]}".lstrip()
