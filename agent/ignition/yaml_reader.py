"""YAML text to plain values with their lines: bounded, nothing is ever built."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from agent.ignition.problems import Keys
from agent.ignition.scalars import Value, resolve

_MAX_NODES = 1_000_000  # aliases count as what they stand for
_MAX_DEPTH = 100
_TAG = "tag:yaml.org,2002:"
_RESOLVED_TAGS = frozenset(f"{_TAG}{name}" for name in ("int", "float", "bool", "null"))
_MERGE = "<<"
_Start = yaml.MappingStartEvent | yaml.SequenceStartEvent


class BadTextError(ValueError):
    """A text cannot be read; *line* counts from 1, None if not known."""

    def __init__(self, cause: str, line: int | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.line = line


@dataclass(frozen=True, slots=True)
class Loaded:
    """One document: plain values, the line each stands on, and the oddities."""

    value: Any
    lines: dict[Keys, int] = field(default_factory=dict)
    duplicates: tuple[Keys, ...] = ()


def load_all(text: str) -> Iterator[Loaded]:
    """Yield the documents in *text*; raise BadTextError."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                builder = _Builder()
            elif isinstance(event, yaml.DocumentEndEvent):
                yield builder.document()
            elif not isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent)):
                builder.feed(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        cause = ", ".join(filter(None, (error.context, error.problem)))
        raise BadTextError(cause, mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise BadTextError(str(error).partition("\n")[0]) from error


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is being filled."""

    value: Any
    keys: Keys
    line: int
    anchor: str | None
    first_node: int
    key: str | None = None
    merges: bool = False  # the key is `<<` without quotes
    merge_sources: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Values from events, without recursion: depth is data, not call stack."""

    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    lines: dict[Keys, int] = field(default_factory=dict)
    duplicates: list[Keys] = field(default_factory=list)
    nodes: int = 0
    root: Any = None

    def document(self) -> Loaded:
        return Loaded(self.root, self.lines, tuple(self.duplicates))

    def feed(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        self._count(1, line)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event, line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)
        else:
            self._scalar(cast("yaml.ScalarEvent", event), line)

    def _count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > _MAX_NODES:
            raise BadTextError(f"more than {_MAX_NODES} values", line)

    def _open(self, event: _Start, line: int) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in {None, "!", f"{_TAG}{'map' if mapping else 'seq'}"}:
            raise BadTextError(f"the tag {event.tag} is not plain data", line)
        if len(self.stack) >= _MAX_DEPTH:
            raise BadTextError(f"nested deeper than {_MAX_DEPTH} levels", line)
        if self.stack and self._wants_key():
            raise BadTextError("a mapping or list is no key", line)
        value: Any = {} if mapping else []
        frame = _Frame(value, self._keys(), line, event.anchor, self.nodes)
        self.lines[frame.keys] = line
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.stack.append(frame)

    def _close(self) -> None:
        frame = self.stack.pop()
        for other in frame.merge_sources:
            frame.value.update({k: v for k, v in other.items() if k not in frame.value})
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.value, self.nodes - frame.first_node)
        self._put(frame.value, frame.line)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if event.anchor not in self.anchors:
            cause = f"the alias *{event.anchor} stands for nothing, or for itself"
            raise BadTextError(cause, line)
        value, size = self.anchors[event.anchor]
        self._count(size, line)
        if self.stack and self._wants_key():
            raise BadTextError("an alias is no key", line)
        self.lines[self._keys()] = line
        self._put(value, line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self.stack and self._wants_key():
            self._key(event, line)
            return
        value = _meaning(event, line)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.lines[self._keys()] = line
        self._put(value, line)

    def _wants_key(self) -> bool:
        frame = self.stack[-1]
        return isinstance(frame.value, dict) and frame.key is None

    def _key(self, event: yaml.ScalarEvent, line: int) -> None:
        frame = self.stack[-1]
        frame.key = event.value
        frame.merges = event.value == _MERGE and event.implicit[0]
        if event.value in frame.value:
            self.duplicates.append((*frame.keys, event.value))
            self.lines[*frame.keys, event.value] = line

    def _keys(self) -> Keys:
        if not self.stack:
            return ()
        frame = self.stack[-1]
        last = frame.key if isinstance(frame.value, dict) else len(frame.value)
        return (*frame.keys, "" if last is None else last)

    def _put(self, value: Value, line: int) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        key, frame.key = frame.key or "", None
        if not frame.merges:
            frame.value[key] = value
            return
        for other in value if isinstance(value, list) else [value]:
            if not isinstance(other, dict):
                raise BadTextError("`<<` merges mappings only", line)
            frame.merge_sources.append(other)


def _meaning(event: yaml.ScalarEvent, line: int) -> Value:
    tag = event.tag
    if tag is None and event.implicit[0]:
        return resolve(event.value)
    if tag in _RESOLVED_TAGS:
        return resolve(event.value)
    if tag in {None, "!", f"{_TAG}str"}:
        return event.value
    raise BadTextError(f"the tag {tag} is not plain data", line)
