"""Parsers of /proc/modules, /proc/net/sctp/snmp and the kernel's configuration."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_COUNT = re.compile("[0-9]{1,20}")
_SNMP_VALUE = re.compile(r"-?\d{1,20}")


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """One line of /proc/modules; *state* is Live, Loading or Unloading."""

    name: str
    references: int | None
    state: str


def modules(text: str) -> tuple[LoadedModule, ...]:
    """Return the modules in /proc/modules; a malformed line is passed over."""
    entries = []
    for line in text.splitlines():
        match line.split():
            case [name, _, references, _, state, *_]:
                count = int(references) if _COUNT.fullmatch(references) else None
                entries.append(LoadedModule(name, count, state))
            case _:
                continue
    return tuple(entries)


def snmp(text: str) -> dict[str, int]:
    """Return the counters in /proc/net/sctp/snmp by the kernel's names."""
    counters = {}
    for line in text.splitlines():
        match line.split():
            case [name, value] if _SNMP_VALUE.fullmatch(value):
                counters[name] = int(value)
            case _:
                continue
    return counters


def kernel_options(text: str, names: Iterable[str]) -> dict[str, str]:
    """Return the values of the options *names* that are mentioned ("n" if unset).

    All are looked for in one pass: a configuration has some ten thousand lines.
    """
    # A line's end and no "^", which re would try at every character.
    line = re.compile(rf"\n(# )?({'|'.join(names)})(?(1) is not set(?=\n)|=(.*))")
    values: dict[str, str] = {}
    unset: dict[str, str] = {}
    for match in line.finditer(f"\n{text}\n"):
        if match[1]:
            unset[match[2]] = "n"
        else:
            values.setdefault(match[2], match[3].strip().strip('"'))
    return unset | values
