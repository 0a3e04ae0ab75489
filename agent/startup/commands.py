"""Calls of modprobe and insmod in a script or a unit, as far as they can be read."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.kmod.grammar import canonical
from agent.names import SCTP

_CALL = re.compile(
    r"""(?:^|(?<=[\s;&|("'`/{@:+!=-]))(modprobe|insmod)(?=[\s"']([^\n]*)|$)"""
)
_PROGRAM = re.compile("modprobe|insmod")
_MENTION = re.compile(r"\bsctp\b")
_END = re.compile(r"&&|\|\||[;|&#)]|[0-9]?[<>]")
#: Options of modprobe that load nothing, or that have a value of their own.
_LOADS_NOTHING = frozenset(
    {"-r", "--remove", "-n", "--dry-run", "--show", "-D", "--show-depends", "-c"}
    | {"--showconfig", "-R", "--resolve-alias", "-V", "--version", "--show-modversions"}
)
_VALUED = frozenset({"-C", "--config", "-d", "--dirname", "-S", "--set-version", "-w"})
_BLACKLIST = frozenset({"-b", "--use-blacklist"})
_ALL = frozenset({"-a", "--all"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the modules it asks for, on which line (from 1), and its text.

    *plain* when the names are all there, not in a variable. *blacklist* when a
    blacklist line denies it. insmod asks neither a blacklist nor an install line.
    """

    names: tuple[str, ...]
    line: int
    text: str
    plain: bool
    blacklist: bool = False
    insmod: bool = False


def calls(text: str, about: str = "") -> Iterator[Call]:
    """Yield the calls in *text* that load something.

    A name in a variable, or one that xargs adds, makes a call that is not plain: it
    may be of sctp where *text*, or what is *about* it, mentions that anywhere.

    >>> [call.names for call in calls("modprobe -q sctp || true; insmod /x/dccp.ko")]
    [('sctp',), ('dccp',)]
    """
    if not _PROGRAM.search(text):
        return
    mentioned = (SCTP,) if _MENTION.search(f"{text}\n{about}") else ()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith(("#", ";")):
            continue
        for match in _CALL.finditer(line):
            added = "xargs" in line[: match.start()]
            call = _call(match[1], match[2] or "", number, line.strip(), added=added)
            if call:
                yield call if call.plain else replace(call, names=mentioned)


def _call(
    program: str, rest: str, number: int, line: str, *, added: bool
) -> Call | None:
    """Return one call; *added* when xargs adds names to those that stand there."""
    words = _END.split(rest, maxsplit=1)[0].replace('"', " ").replace("'", " ").split()
    # As a list of another language has them: ['modprobe', 'sctp'].
    words = [word for word in (word.strip(",[]") for word in words) if word]
    options, names = _options_and_names(words)
    if program == "modprobe" and options & _LOADS_NOTHING:
        return None
    if not names:
        return Call((), number, line, plain=False) if added else None
    plain = not any("$" in word or "`" in word for word in names)
    if program == "insmod":
        module = posixpath.basename(names[0]).partition(".ko")[0]
        modules = _canonical([module]) if plain else ()
        return Call(modules, number, line, plain, insmod=True)
    if not options & _ALL:
        names = names[:1]
    modules = _canonical(names) if plain else ()
    blacklist = bool(options & _BLACKLIST)
    return Call(modules, number, line, plain, blacklist=blacklist)


def _canonical(names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in map(canonical, names) if name)


def _options_and_names(words: list[str]) -> tuple[set[str], list[str]]:
    """Return the options, short ones one by one, and the other words."""
    options: set[str] = set()
    others: list[str] = []
    valued = False
    for word in words:
        if valued:
            valued = False
        elif word.startswith("--"):
            options.add(word.partition("=")[0])
            valued = word in _VALUED
        elif word.startswith("-") and len(word) > 1:
            options |= {f"-{letter}" for letter in word[1:]}
            valued = f"-{word[-1]}" in _VALUED
        else:
            others.append(word)
    return options, others
