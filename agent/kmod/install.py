"""What an install directive's command does, as far as it can be known."""

import posixpath
import re
from dataclasses import dataclass
from enum import StrEnum

# One simple command: words of harmless characters or plain quotes, a comment.
_WORD = r"""(?:[\w./:=+,@%$\r-]|"[^"$`\\\n]*"|'[^'\n]*')+"""
_SIMPLE = re.compile(rf"[ \t]*({_WORD}(?:[ \t]+{_WORD})*)?[ \t]*(?:(?<![^ \t])#.*)?")
_WORDS = re.compile(_WORD)

_DIRECTORIES = frozenset({"", "/bin", "/usr/bin", "/sbin", "/usr/sbin"})
_SUCCEEDS = frozenset({"true", "echo"})
_IGNORE_INSTALL = frozenset({"-i", "--ignore-install"})
_HARMLESS = frozenset({"-q", "--quiet"})


class Effect(StrEnum):
    """What running the command does to the module."""

    NOTHING = "nothing"  # succeeds and loads nothing
    FAILS = "fails"
    LOADS = "loads"  # hands a module back to modprobe
    OPAQUE = "opaque"  # a script: only running it would tell


@dataclass(frozen=True, slots=True)
class Command:
    """The effect, and for LOADS the name that is handed to modprobe."""

    effect: Effect
    module: str = ""


_OPAQUE = Command(Effect.OPAQUE)


def classify(command: str, module: str) -> Command:
    """Judge *command*, which kmod runs by `sh -c` for *module*.

    Only what is certain gets a certain answer: `true`, `false`, `:`, `echo`,
    `exit N` and `modprobe --ignore-install MODULE`, alone on the line.
    """
    match = _SIMPLE.fullmatch(command)
    if not match:
        return _OPAQUE
    words = _WORDS.findall(match[1] or "")
    if not words or words == [":"]:
        return Command(Effect.NOTHING)
    directory, name = posixpath.split(words[0])
    if directory not in _DIRECTORIES or "$" in words[0]:
        return _OPAQUE
    if name in _SUCCEEDS:
        return Command(Effect.NOTHING)
    # A carriage return is part of the name, and sh finds no such file.
    if name in {"false", "true\r", "false\r"}:
        return Command(Effect.FAILS)
    if words[0] == "exit":
        return _exit(words[1:])
    return _modprobe(words[1:], module) if name == "modprobe" else _OPAQUE


def _exit(words: list[str]) -> Command:
    match words:
        case []:
            return Command(Effect.NOTHING)
        case [status] if re.fullmatch("[0-9]{1,3}", status):
            failed = int(status) % 256
            return Command(Effect.FAILS if failed else Effect.NOTHING)
        case _:
            return _OPAQUE


def _modprobe(words: list[str], module: str) -> Command:
    options = {word for word in words if word.startswith("-")}
    names = [
        module if word == "$MODPROBE_MODULE" else word
        for word in words
        if not word.startswith("-") and word != "$CMDLINE_OPTS"
    ]
    certain = options & _IGNORE_INSTALL and not options - _IGNORE_INSTALL - _HARMLESS
    if not certain or len(names) != 1 or not re.fullmatch(r"[\w-]+", names[0]):
        return _OPAQUE
    return Command(Effect.LOADS, names[0].replace("-", "_"))
