"""GRUB's own menu, grub.cfg, as grub-mkconfig writes it."""

import re
import shlex
from dataclasses import dataclass, field
from itertools import pairwise

from agent.bootloader.entry import Entry, expand

_MENU = re.compile(r"^\s*(menuentry|submenu)\s(.*)\{\s*$")
_LINUX = re.compile(r"^\s*linux(?:16|efi)?\s+(\S+)\s*(.*)$")
_LOAD_ENV = re.compile(r"^\s*load_env\s+(?:-f|--file)[ =]\s*(\S+)", re.MULTILINE)
_SET = re.compile(r"^\s*set\s+(\w+)=(.*)$")
_LONGEST_TITLE = 1024  # characters of a menu item's line that are looked at
_MOST_NAMES = 16  # of one entry: each level of the menu has a title and an id
_DEEPEST = 8  # levels; GRUB's own scripts make two
_ID_OPTIONS = frozenset({"--id", "$menuentry_id_option"})


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu's *entries* by position (`0`, `1>2`) and the variables set in it.

    *uses_bls* when the entries come from files of the Boot Loader Specification.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    uses_bls: bool = False

    def find(self, name: str) -> Entry | None:
        """Return the entry that a default of this *name* means.

        A name is a position, an identifier or a title, with `>` between the
        levels. A submenu alone means its first entry.
        """
        for position in (name, f"{name}>0"):
            if position in self.entries:
                return self.entries[position]
        matches = [e for e in self.entries.values() if name in e.names]
        return matches[0] if matches else None


@dataclass(slots=True)
class _Level:
    names: list[str]
    position: str
    children: int = 0


def parse(path: str, text: str, environment: dict[str, str]) -> Menu:
    """Read the menu in *text*; *environment* is that of grubenv."""
    menu = Menu(variables=dict(environment), uses_bls="blscfg" in text.split())
    levels = [_Level([""], "")]
    current: tuple[list[str], str] | None = None
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        heading = _MENU.match(line)
        if heading:
            names, position = _place(levels[-1], heading[2])
            if heading[1] == "submenu":
                levels.append(_Level(names, f"{position}>"))
                if len(levels) > _DEEPEST:
                    break
            else:
                current, depth = (names, position), 1
        elif current:
            linux = _LINUX.match(line)
            if linux:
                arguments = expand(linux[2], menu.variables)
                image = expand(linux[1], menu.variables)
                menu.entries[current[1]] = Entry(
                    frozenset(current[0]), image, arguments, path, number
                )
            depth += line.count("{") - line.count("}") - line.count("${")
            depth += len(re.findall(r"\$\{\w+\}", line))
            current = current if depth > 0 else None
        elif line.strip() == "}" and len(levels) > 1:
            levels.pop()
        else:
            _note_variable(line, menu.variables)
    return menu


def environments(text: str) -> tuple[str, ...]:
    r"""Return the files other than grubenv that *text* takes variables from.

    >>> environments("load_env -f /photon.cfg\nload_env")
    ('/photon.cfg',)
    """
    files = (word.strip("\"'") for word in _LOAD_ENV.findall(text))
    return tuple(word for word in files if word.startswith("/"))


def _place(level: _Level, rest: str) -> tuple[list[str], str]:
    """Return the names and the position of a menu item on its *level*."""
    position = f"{level.position}{level.children}"
    level.children += 1
    names = [
        f"{outer}>{name}" if outer else name
        for outer in level.names
        for name in _own_names(rest[:_LONGEST_TITLE])
    ]
    return names[:_MOST_NAMES], position


def _own_names(rest: str) -> list[str]:
    try:
        words = shlex.split(rest)
    except ValueError:
        return []
    names = words[:1]
    for option, value in pairwise(words):
        if option in _ID_OPTIONS:
            names.append(value)
    return names


def _note_variable(line: str, variables: dict[str, str]) -> None:
    match = _SET.match(line)
    if match and match[1] not in {"default", "saved_entry"}:
        value = match[2].strip().strip("\"'")
        variables.setdefault(match[1], expand(value, variables))
