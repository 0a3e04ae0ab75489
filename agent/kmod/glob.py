"""fnmatch(3) with no flags, as libkmod calls it: bounded time, no regex."""

import string
from collections.abc import Callable

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": lambda c: c in string.ascii_letters + string.digits,
    "alpha": lambda c: c in string.ascii_letters,
    "blank": lambda c: c in " \t",
    "cntrl": lambda c: c < " " or c == "\x7f",
    "digit": lambda c: c in string.digits,
    "graph": lambda c: "!" <= c <= "~",
    "lower": lambda c: c in string.ascii_lowercase,
    "print": lambda c: " " <= c <= "~",
    "punct": lambda c: c in string.punctuation,
    "space": lambda c: c in string.whitespace,
    "upper": lambda c: c in string.ascii_uppercase,
    "xdigit": lambda c: c in string.hexdigits,
}


def matches(pattern: str, name: str) -> bool:
    """Tell whether *name* matches *pattern* as glibc's fnmatch does in C locale.

    The last `*` is the only one that has to be tried again, so a hostile pattern
    costs at most len(pattern) x len(name) steps.
    """
    at_pattern = at_name = 0
    star: tuple[int, int] | None = None
    while at_name < len(name):
        if pattern[at_pattern : at_pattern + 1] == "*":
            at_pattern += 1
            star = (at_pattern, at_name)
            continue
        step = _match_one(pattern, at_pattern, name[at_name])
        if step:
            at_pattern += step
            at_name += 1
        elif star:
            star = (star[0], star[1] + 1)
            at_pattern, at_name = star
        else:
            return False
    return not pattern[at_pattern:].strip("*")


def _match_one(pattern: str, at: int, char: str) -> int:
    """Return how many pattern characters match *char*, 0 when they do not."""
    token = pattern[at : at + 1]
    if token == "?":
        return 1
    if token == "[":
        bracket = _bracket(pattern, at, char)
        if bracket is not None:
            length, found = bracket
            return length if found else 0
    if token == "\\":
        return 2 if pattern[at + 1 : at + 2] == char else 0
    return 1 if token == char else 0


def _bracket(pattern: str, start: int, char: str) -> tuple[int, bool] | None:
    """Return the length of the bracket at *start* and whether *char* is in it.

    None when the bracket never closes: then `[` is an ordinary character.
    """
    at = start + 1
    negated = pattern[at : at + 1] in {"!", "^"}
    at += negated
    first = at
    found = False
    while at < len(pattern):
        if pattern[at] == "]" and at > first:
            return at + 1 - start, found != negated
        klass = _character_class(pattern, at)
        if klass:
            found |= _CLASSES[klass](char)
            at += len(klass) + 4
            continue
        low, at = _literal(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in {"", "]"}:
            high, at = _literal(pattern, at + 1)
            found |= low <= char <= high
        else:
            found |= low == char
    return None


def _character_class(pattern: str, at: int) -> str:
    if not pattern.startswith("[:", at):
        return ""
    name = pattern[at + 2 : pattern.find(":]", at)]
    return name if name in _CLASSES else ""


def _literal(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        at += 1
    return pattern[at], at + 1
