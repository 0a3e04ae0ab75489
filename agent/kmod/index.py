"""depmod's binary indexes (modules.*.bin), searched as libkmod searches them."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.kmod.glob import matches

_MAGIC = 0xB007F457
_MAJOR = 2
_HAS_PREFIX, _HAS_VALUES, _HAS_CHILDREN = 0x80000000, 0x40000000, 0x20000000
_OFFSET = 0x0FFFFFFF
_WILDCARDS = "*?["
_BUDGET = 20_000  # nodes visited in one search; real searches need under 500
_STEP = 8  # characters of a key that cost as much as a node
_CHUNK = 256


class BadIndexError(ValueError):
    """The bytes are no index of the version that kmod reads."""


@dataclass(frozen=True, slots=True)
class _Node:
    prefix: str
    first: int
    children: tuple[int, ...]
    values_at: int


class Index:
    """One index; nothing is kept in memory but the root's offset.

    *read_at* is how the bytes are reached. Not *mapped* is how libkmod reads where
    one of its indexes is missing: values of equal priority then come out in
    another order. Raises BadIndexError for anything
    that is no index, at any depth; a hostile file costs a bounded search.
    """

    def __init__(
        self, read_at: Callable[[int, int], bytes], *, mapped: bool = True
    ) -> None:
        self._read_at = read_at
        self._mapped = mapped
        magic, version, root = self._unpack(">III", 0)
        if magic != _MAGIC or version >> 16 != _MAJOR:
            raise BadIndexError("not a modules.*.bin index of version 2")
        self._root = root
        self._budget = _BUDGET

    def exact(self, key: str) -> str | None:
        """Return the first value of *key*; globs in the index do not count."""
        self._budget = _BUDGET
        node = self._node(self._root)
        while node:
            if not key.startswith(node.prefix):
                return None
            key = key[len(node.prefix) :]
            if not key:
                return next((value for _, value in self._values_by_weight(node)), None)
            node = self._child(node, key[0])
            key = key[1:]
        return None

    def search(self, key: str) -> list[str]:
        """Return the values of all keys that match *key* as globs.

        In the order of depmod's priority, which is that of modules.order; of
        equal ones the last found comes first (libkmod-index.c, add_value).
        """
        self._budget = _BUDGET
        pairs = list(self._descend(key))[::-1]
        pairs.sort(key=lambda pair: pair[0])
        return [value for _, value in pairs]

    def _descend(self, key: str) -> Iterator[tuple[int, str]]:
        node = self._node(self._root)
        while node:
            for at, char in enumerate(node.prefix):
                if char in _WILDCARDS:
                    yield from self._subtree(node, node.prefix[at:], key[at:])
                    return
                if key[at : at + 1] != char:
                    return
            key = key[len(node.prefix) :]
            for char in _WILDCARDS:
                child = self._child(node, char)
                if child:
                    yield from self._subtree(child, char + child.prefix, key)
            if not key:
                yield from self._values(node)
                return
            node = self._child(node, key[0])
            key = key[1:]

    def _subtree(self, node: _Node, path: str, key: str) -> Iterator[tuple[int, str]]:
        """Yield what matches from *node* down: children first, in their order."""
        pending = [(node, path)]
        matching = []
        while pending:
            node, path = pending.pop()
            if node.values_at and matches(path, key):
                matching.append(node)
            for position, offset in enumerate(node.children):
                child = self._node(offset)
                if child:
                    label = chr(node.first + position)
                    below = path + label + child.prefix
                    self._spend(len(below) * (1 + below.count("[")) // _STEP)
                    pending.append((child, below))
        for node in reversed(matching):
            yield from self._values(node)

    def _values(self, node: _Node) -> list[tuple[int, str]]:
        values = list(self._values_by_weight(node))
        return values if self._mapped else values[::-1]

    def _values_by_weight(self, node: _Node) -> Iterator[tuple[int, str]]:
        if not node.values_at:
            return
        at = node.values_at
        (count,) = self._unpack(">I", at)
        at += 4
        for _ in range(count):
            self._spend()
            (priority,) = self._unpack(">I", at)
            value, at = self._text(at + 4)
            yield priority, value

    def _child(self, node: _Node, char: str) -> _Node | None:
        position = ord(char) - node.first
        if not 0 <= position < len(node.children):
            return None
        return self._node(node.children[position])

    def _node(self, offset: int) -> _Node | None:
        at = offset & _OFFSET
        if not at:
            return None
        self._spend()
        prefix, first = "", 0
        children: tuple[int, ...] = ()
        if offset & _HAS_PREFIX:
            prefix, at = self._text(at)
        if offset & _HAS_CHILDREN:
            first, last = self._unpack(">BB", at)
            count = max(last - first + 1, 0)
            children = self._unpack(f">{count}I", at + 2)
            at += 2 + 4 * count
        return _Node(prefix, first, children, at if offset & _HAS_VALUES else 0)

    def _spend(self, amount: int = 1) -> None:
        self._budget -= amount
        if self._budget < 0:
            raise BadIndexError("the index has a loop or is absurdly large")

    def _unpack(self, layout: str, at: int) -> tuple[int, ...]:
        size = struct.calcsize(layout)
        data = self._read_at(at, size)
        if len(data) < size:
            raise BadIndexError(f"the index ends at byte {at + len(data)}")
        return struct.unpack(layout, data)

    def _text(self, at: int) -> tuple[str, int]:
        data = b""
        while b"\0" not in data:
            chunk = self._read_at(at + len(data), _CHUNK)
            if not chunk or len(data) > 1 << 16:
                raise BadIndexError(f"the index has no end of text at byte {at}")
            self._spend()
            data += chunk
        text = data[: data.index(b"\0")]
        return text.decode("latin-1"), at + len(text) + 1
