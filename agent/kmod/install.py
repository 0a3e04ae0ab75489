"""What an install directive's command does, as far as it can be known.

kmod runs it by `/bin/sh -c` (libkmod-module.c). A row of simple commands is followed
as a shell would run it; what that leaves open is opaque.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agent.kmod.shell import Operator, Simple, commands

#: Where the kernel's helper looks for a program without a path (kernel/module/kmod.c).
PATH = ("/sbin", "/usr/sbin", "/bin", "/usr/bin")
_DIRECTORIES = frozenset({"", *PATH})
_SUCCEED = frozenset({"true", "echo", ":", "printf"})
#: They load nothing; how they end is not known. (No `test`: it runs nothing either.)
_HARMLESS = frozenset(
    {"logger", "sleep", "date", "cat", "test", "[", "wall", "touch", "mkdir", "rm"}
    | {"sysctl", "chmod", "tee", "head", "tail", "grep", "id", "uname", "basename"}
)
#: What dash and busybox' ash have built in, so that no program of the name is needed.
_BUILT_IN = frozenset(
    {":", "true", "false", "echo", "printf", "test", "[", "cd", "umask", "ulimit"}
    | {"export", "unset", "read", "wait", "kill", "type", "alias", "pwd", "local"}
    | {"break", "continue", "return", "shift", "times", "jobs", "bg", "fg", "hash"}
    | {"getopts", "readonly", "unalias"}
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash"})
_IGNORE_INSTALL = frozenset({"-i", "--ignore-install"})
_QUIET = frozenset({"-q", "--quiet", "-s", "--syslog", "-v", "--verbose"})


class Effect(StrEnum):
    """What running the command does to the module."""

    NOTHING = "nothing"  # succeeds, or ends unknown how, and loads nothing
    FAILS = "fails"
    LOADS = "loads"  # hands a module back to modprobe
    OPAQUE = "opaque"  # a script: only running it would tell


@dataclass(frozen=True, slots=True)
class Command:
    """The effect, and for LOADS the name that is handed to modprobe."""

    effect: Effect
    module: str = ""


_OPAQUE = Command(Effect.OPAQUE)
_ENDS_UNKNOWN_HOW = Command(Effect.NOTHING)
_KNOWN_NOTHING: Mapping[str, bool] = {}


def classify(
    command: str, module: str, programs: Mapping[str, bool] = _KNOWN_NOTHING
) -> Command:
    """Judge *command*, which kmod runs by `sh -c` for *module*.

    *programs* says of those that the command names whether the node has them; of one
    that is not in it that is not known.
    """
    return _row(command, module, programs)[0]


def programs_in(command: str) -> Iterator[str]:
    """Yield the programs that *command* may start, as they are named."""
    row = commands(command)
    for simple in row or ():
        if simple.words:
            yield simple.words[0]
            script = _script(simple.words)
            if script is not None:
                yield from programs_in(script)


def _row(
    text: str, module: str, programs: Mapping[str, bool]
) -> tuple[Command, bool | None]:
    """Return the effect of a row of commands, and whether it succeeds."""
    row = commands(text)
    if row is None:
        return _OPAQUE, None
    target = ""
    status: bool | None = True
    for simple in row:
        if simple.after is not Operator.NEXT and status is None:
            if _may_load(simple, module, programs):
                return (Command(Effect.LOADS, target) if target else _OPAQUE), None
            continue
        if (simple.after, status) in {(Operator.AND, False), (Operator.OR, True)}:
            continue
        effect, success = _simple(simple, module, programs)
        if effect.effect == Effect.OPAQUE or (
            effect.effect == Effect.LOADS and target not in {"", effect.module}
        ):
            # What was handed over before is loaded, whatever comes then.
            return (Command(Effect.LOADS, target), None) if target else (_OPAQUE, None)
        target = effect.module or target
        status = success
        if simple.words[:1] == ("exit",):
            break
    if target:
        return Command(Effect.LOADS, target), status
    return Command(Effect.FAILS if status is False else Effect.NOTHING), status


def _may_load(simple: Simple, module: str, programs: Mapping[str, bool]) -> bool:
    effect, _ = _simple(simple, module, programs)
    return effect.effect in {Effect.LOADS, Effect.OPAQUE} or simple.words[:1] == (
        "exit",
    )


def _simple(
    simple: Simple, module: str, programs: Mapping[str, bool]
) -> tuple[Command, bool | None]:
    """Return the effect of one command, and whether it succeeds (None: not known)."""
    words = simple.words
    if not words:
        return _ENDS_UNKNOWN_HOW, None if simple.redirected else True
    if words[0] == "exit":
        return _exit(words[1:])
    missing = words[0] not in _BUILT_IN and programs.get(words[0]) is False
    if "\r" in words[0] or missing:
        return Command(Effect.FAILS), False  # sh: not found
    directory, name = posixpath.split(words[0])
    if directory not in _DIRECTORIES or "$" in words[0]:
        return _OPAQUE, None
    script = _script(words)
    if script is not None:
        return _row(script, module, programs)
    return _program(name, simple, module)


def _program(name: str, simple: Simple, module: str) -> tuple[Command, bool | None]:
    if name == "modprobe":
        return _modprobe(simple.words[1:], module), None
    if name == "false":
        return Command(Effect.FAILS), False
    if name in _SUCCEED:
        return _ENDS_UNKNOWN_HOW, None if simple.redirected else True
    return (_ENDS_UNKNOWN_HOW if name in _HARMLESS else _OPAQUE), None


def _script(words: tuple[str, ...]) -> str | None:
    """Return what `sh -c SCRIPT` runs, None for another command."""
    shell = posixpath.basename(words[0]) in _SHELLS
    if shell and len(words) > 2 and words[1] == "-c":  # noqa: PLR2004  # sh -c SCRIPT
        return words[2]
    return None


def _exit(words: tuple[str, ...]) -> tuple[Command, bool | None]:
    match words:
        case ():
            return _ENDS_UNKNOWN_HOW, True
        case (status,) if re.fullmatch("[0-9]{1,3}", status):
            failure = bool(int(status) % 256)
            return Command(Effect.FAILS if failure else Effect.NOTHING), not failure
        case _:
            return _OPAQUE, None


def _modprobe(words: tuple[str, ...], module: str) -> Command:
    options = {word for word in words if word.startswith("-")}
    names = [
        module if word == "$MODPROBE_MODULE" else word
        for word in words
        if not word.startswith("-") and word != "$CMDLINE_OPTS"
    ]
    certain = options & _IGNORE_INSTALL and not options - _IGNORE_INSTALL - _QUIET
    if not certain or len(names) != 1 or not re.fullmatch(r"[\w-]+", names[0]):
        return _OPAQUE
    return Command(Effect.LOADS, names[0].replace("-", "_"))
