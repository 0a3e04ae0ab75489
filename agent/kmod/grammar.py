"""One modprobe.d file as libkmod parses it: bytes to directives with origins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from agent.findings import Origin
from agent.kmod.rules import KmodRules

_BLANK = re.compile("[ \t]")
_SPECIAL = re.compile(r"[\n\\]")
_BRACKETS = re.compile(r"(\[[^]]*\]?)")  # one that is open to the end matches once


class Keyword(StrEnum):
    """The first word of a line that kmod knows."""

    ALIAS = "alias"
    BLACKLIST = "blacklist"
    INSTALL = "install"
    OPTIONS = "options"
    REMOVE = "remove"
    SOFTDEP = "softdep"
    WEAKDEP = "weakdep"  # only tells initrd tools what to include


_KEYWORDS = frozenset(keyword.value for keyword in Keyword)


@dataclass(frozen=True, slots=True)
class Directive:
    """One line that kmod accepts.

    *name* is the module, alias or pattern in kmod's canonical spelling (`-` is
    `_`), *value* the rest: an alias's module, an install command, options.
    """

    keyword: Keyword
    name: str
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that kmod reports or passes over without any effect."""

    origin: Origin


def canonical(name: str) -> str | None:
    """Return *name* with `-` as `_` outside brackets, None if it is malformed."""
    parts = _BRACKETS.split(name)
    outside, inside = parts[::2], parts[1::2]
    if any("]" in part for part in outside) or not all(p[-1] == "]" for p in inside):
        return None
    parts[::2] = [part.replace("-", "_") for part in outside]
    return "".join(parts)


def parse(path: str, data: bytes, rules: KmodRules) -> Iterator[Directive | BadLine]:
    """Yield what *data*, the content of *path*, says to kmod, in order.

    Bytes become the characters of the same number: kmod knows no encoding.
    """
    for number, line in _logical_lines(data, rules):
        if not line or line.startswith("#"):
            continue
        first, rest = _word(line)
        if not first:
            continue
        origin = Origin(path, number, _as_utf8(line))
        applies = first != Keyword.WEAKDEP or rules.weakdep
        directive = _directive(first, rest, origin) if applies else None
        yield directive or BadLine(origin)


def _directive(keyword: str, rest: str, origin: Origin) -> Directive | None:
    if keyword not in _KEYWORDS:
        return None
    word, tail = _word(rest)
    name = canonical(word)
    if not name:
        return None
    match Keyword(keyword):
        case Keyword.BLACKLIST:
            tail = ""
        case Keyword.ALIAS:
            tail = canonical(_word(tail)[0]) or ""
        case Keyword.OPTIONS:
            tail = tail.replace("\t", " ")
    if not tail and keyword != Keyword.BLACKLIST:
        return None
    return Directive(Keyword(keyword), name, tail, origin)


def _word(text: str) -> tuple[str, str]:
    """Split the first word off; exactly one blank after it is eaten (strtok_r)."""
    word, *rest = _BLANK.split(text.lstrip(" \t"), maxsplit=1)
    return word, "".join(rest)


def _logical_lines(data: bytes, rules: KmodRules) -> Iterator[tuple[int, str]]:
    """Yield (number of the first physical line, joined text).

    A backslash joins with the next line or vanishes before any other byte;
    a NUL ends the text for the parser, the rest of the line is lost.
    """
    text = data.decode("latin-1")
    number = 1
    at = 0
    while at < len(text):
        start = number
        line: list[str] = []
        while at < len(text):
            end = _next_special(text, at)
            line.append(text[at:end])
            at = end + 1
            if end == len(text):
                break
            if text[end] == "\n":
                number += 1
                break
            if at == len(text):
                line.append("" if rules.clean_eof else "\xff")
            elif text[at] == "\n":
                number += 1
                at += 1
            else:
                line.append(text[at])
                at += 1
        yield start, "".join(line).partition("\0")[0]


def _next_special(text: str, at: int) -> int:
    special = _SPECIAL.search(text, at)
    return special.start() if special else len(text)


def _as_utf8(line: str) -> str:
    return line.encode("latin-1").decode("utf-8", "backslashreplace")
