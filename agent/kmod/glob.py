"""fnmatch(3) with no flags, as libkmod calls it: bounded time, no regex."""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass

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

# glibc's scanner: `z` is in no class's name, and a name of any other kind makes
# `[:` ordinary characters.
_CLASS = re.compile(r"\[:([a-y]*):\]")
_EQUIVALENT = re.compile(r"(?s)\[=(.)=\]")


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
        after = _match_one(pattern, at_pattern, name[at_name])
        if after is not None:
            at_pattern = after
            at_name += 1
        elif star:
            star = (star[0], star[1] + 1)
            at_pattern, at_name = star
        else:
            return False
    return not pattern[at_pattern:].strip("*")


def _match_one(pattern: str, at: int, char: str) -> int | None:
    """Return where the pattern goes on when it matches *char*, None if not."""
    token = pattern[at : at + 1]
    if token == "[":
        bracket = _Bracket(pattern, at + 1)
        is_member = bracket.holds(char)
        if is_member is not None:
            return bracket.at if is_member else None
    if token == "?":
        return at + 1
    if token == "\\":
        at += 1
        token = pattern[at : at + 1]
    return at + 1 if token == char else None


@dataclass(slots=True)
class _Bracket:
    """What stands in brackets from *at* on, read as glibc's scanner reads it."""

    pattern: str
    at: int

    def holds(self, char: str) -> bool | None:
        """Tell whether *char* is meant; *at* is then behind the brackets.

        None when the bracket never closes: then `[` is an ordinary character.
        """
        negated = self._char() in {"!", "^"}
        self.at += negated
        first = self.at
        while token := self._char():
            if token == "]" and self.at > first:
                self.at += 1
                return negated
            is_item = self._item(char)
            if is_item is None:
                return False
            if is_item:
                closes = self._skip()
                return closes and not negated
        return None

    def _char(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.pattern[at : at + 1]

    def _item(self, char: str) -> bool | None:
        """Read a class, a range or a character; None when it spoils the pattern."""
        klass = self._class()
        if klass is not None:
            self.at += len(klass) + 4
            return _CLASSES[klass](char) if klass in _CLASSES else None
        if same := _EQUIVALENT.match(self.pattern, self.at):
            self.at = same.end()
            return same[1] == char
        low = high = self._literal()
        if self._char() == "-" and self._char(1) != "]":
            self.at += 1
            high = self._literal()
        return low <= char <= high if low and high else None

    def _class(self) -> str | None:
        match = _CLASS.match(self.pattern, self.at)
        return match[1] if match else None

    def _literal(self) -> str:
        """Read one character, "" when there is none."""
        if self.pattern.startswith("[.", self.at):
            name = self._collating()
            return name if len(name) == 1 else ""
        self.at += self._char() == "\\"
        self.at += 1
        return self._char(-1)

    def _collating(self) -> str:
        name, end, rest = self.pattern[self.at + 2 :].partition(".]")
        self.at = len(self.pattern) - len(rest)
        return name if end else ""

    def _skip(self) -> bool | None:
        """Go behind the closing bracket: None without one, False if it is spoilt."""
        while token := self._char():
            klass = self._class()
            if klass is not None:
                self.at += len(klass) + 4
            elif token == "]":
                self.at += 1
                return True
            elif self.pattern.startswith("[=", self.at):
                same = _EQUIVALENT.match(self.pattern, self.at)
                if not same:
                    return False
                self.at = same.end()
            elif self.pattern.startswith("[.", self.at):
                self._collating()
            elif not self._literal():
                return False
        return None
