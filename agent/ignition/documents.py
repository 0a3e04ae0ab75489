"""Text of YAML or JSON, one or many documents, to objects of Kubernetes. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from agent.ignition.problems import Keys, Place, Problem, Source, warning
from agent.ignition.scalars import Value
from agent.ignition.yaml_reader import BadTextError, Loaded, load_all

_LISTS = frozenset({"List", "MachineConfigList", "MachineConfigPoolList"})
_NO_JSON = (
    "is no JSON ({cause}), only YAML: recent clients read it as that, where 0644 is "
    "octal, older ones refuse it"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One object: its value, the document it is in and the keys that lead to it."""

    value: dict[str, Any]
    source: Source
    keys: Keys = ()


@dataclass(frozen=True, slots=True)
class Documents:
    """The objects of one file, and what is odd about its text."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()


class UnreadableError(Exception):
    """An input that cannot be read at all; names file, line and cause."""


def parse(file: str, data: bytes) -> Documents:
    """Return the objects in *data*, the content of *file*; raise UnreadableError."""
    items: list[Item] = []
    problems: list[Problem] = []
    number = 0
    try:
        text = data.decode("utf-8-sig")
        for number, (document, cause) in enumerate(_documents(text), start=1):
            source = Source(file, number, document.lines)
            if cause:
                text = _NO_JSON.format(cause=cause)
                problems.append(warning(source.place(()), text))
            problems += [
                warning(source.place(keys), "the key is there twice: the last counts")
                for keys in document.duplicates
            ]
            items += _items(document.value, source, ())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"{Place(file, 1, (), line)}: is not UTF-8") from error
    except BadTextError as error:
        place = Place(file, number + 1, (), error.line)
        raise UnreadableError(f"{place}: {error.cause}") from error
    return Documents(tuple(items), tuple(problems))


def _items(value: Value, source: Source, keys: Keys) -> Iterator[Item]:
    """Yield the object itself, or those in the list that it is, lists in it too."""
    if not isinstance(value, dict):
        return
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in _LISTS:
        yield Item(value, source, keys)
        return
    members = value.get("items")
    for position, member in enumerate(members if isinstance(members, list) else ()):
        yield from _items(member, source, (*keys, "items", position))


def _documents(text: str) -> Iterator[tuple[Loaded, str]]:
    """Yield the documents; what looks like JSON is tried as that first.

    The second of the pair says why what looks like JSON is none. So does the
    reader of Kubernetes' clients (apimachinery, YAMLOrJSONDecoder).
    """
    cause = ""
    if text.lstrip().startswith("{"):
        try:
            yield from [(Loaded(value), "") for value in _json_values(text)]
        except (ValueError, RecursionError) as error:
            cause = str(error)
        else:
            return
    for document in load_all(text):
        yield document, cause


def _json_values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    at = _after_blanks(text, 0)
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        at = _after_blanks(text, at)


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
