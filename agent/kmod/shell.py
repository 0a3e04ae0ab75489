"""A row of simple commands as sh reads it; anything more is not read."""

import re
from dataclasses import dataclass
from enum import Enum

_OUTSIDE = re.compile(r"[\w./:=+,@%^~*?!\[\]\r-]+")
#: The two variables that kmod gives to an install command stay as they are.
_VARIABLE = re.compile(r"\$\{?(CMDLINE_OPTS|MODPROBE_MODULE)\b\}?")
_REDIRECTION = re.compile(r"[0-9]?>>?[ \t]*(?:&[0-9-]|([\w./-]+))|&>[ \t]*([\w./-]+)")
_RESERVED = frozenset(
    {"if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case"}
    | {"esac", "{", "}", "!", "function", "eval", "exec", ".", "source", "trap", "set"}
    | {"command", "env", "nohup", "sudo"}
)
_NULL = "/dev/null"


class Operator(Enum):
    """What stands before a command."""

    NEXT = ";"
    AND = "&&"
    OR = "||"


@dataclass(frozen=True, slots=True)
class Simple:
    """One command: its words, what stands before it.

    *redirected* when its output goes into a file, which may fail.
    """

    words: tuple[str, ...]
    after: Operator = Operator.NEXT
    redirected: bool = False


def commands(text: str) -> tuple[Simple, ...] | None:
    """Return the commands in *text*, None where it is more than a row of them.

    Pipes, subshells, substitutions, variables, functions and reserved words are more.

    >>> [c.words for c in commands("logger 'a b' 2>/dev/null; exit 0")]
    [('logger', 'a b'), ('exit', '0')]
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._word: str | None = None
        self._words: list[str] = []
        self._redirected = False
        self._after = Operator.NEXT
        self._row: list[Simple] = []

    def read(self) -> tuple[Simple, ...] | None:
        while self._at < len(self._text):
            if not self._step():
                return None
        self._end_of_word()
        return tuple(self._row) if self._end_of_command(Operator.NEXT) else None

    def _step(self) -> bool:
        """Read on by one thing; False for what is not read here."""
        char = self._text[self._at]
        if char in " \t":
            self._end_of_word()
            self._at += 1
            return True
        if char == "#" and self._word is None:
            end = self._text.find("\n", self._at)
            self._at = end if end >= 0 else len(self._text)
            return True
        for sign, operator in (("&&", Operator.AND), ("||", Operator.OR)):
            if self._text.startswith(sign, self._at):
                return self._operator(operator, len(sign))
        if char in ";\n":
            return self._operator(Operator.NEXT, 1)
        return self._redirection() or self._quote(char) or self._plain()

    def _operator(self, operator: Operator, length: int) -> bool:
        self._end_of_word()
        self._at += length
        return self._end_of_command(operator)

    def _redirection(self) -> bool:
        if self._word is not None:
            return False
        match = _REDIRECTION.match(self._text, self._at)
        if not match:
            return False
        target = match[1] or match[2] or _NULL
        self._redirected |= target != _NULL
        self._at = match.end()
        return True

    def _quote(self, char: str) -> bool:
        if char not in "'\"":
            return False
        end = self._text.find(char, self._at + 1)
        inside = self._text[self._at + 1 : end]
        bare = _VARIABLE.sub("", inside)
        if end < 0 or (char == '"' and set(bare) & set("$`\\")):
            return False
        self._word = (self._word or "") + inside
        self._at = end + 1
        return True

    def _plain(self) -> bool:
        match = _VARIABLE.match(self._text, self._at)
        text = f"${match[1]}" if match else ""
        if not match:
            match = _OUTSIDE.match(self._text, self._at)
            text = match[0] if match else ""
        if not match:
            return False
        self._word = (self._word or "") + text
        self._at = match.end()
        return True

    def _end_of_word(self) -> None:
        if self._word is not None:
            self._words.append(self._word)
            self._word = None

    def _end_of_command(self, operator: Operator) -> bool:
        """Note the command that ends before *operator*; False where it is none."""
        words = tuple(self._words)
        if words[:1] and (words[0] in _RESERVED or "=" in words[0]):
            return False
        if words or self._redirected:
            self._row.append(Simple(words, self._after, self._redirected))
        elif self._after is not Operator.NEXT or operator is not Operator.NEXT:
            return False  # an operator with nothing before it
        self._words, self._redirected, self._after = [], False, operator
        return True
