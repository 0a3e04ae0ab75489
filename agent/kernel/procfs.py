"""Parsers of /proc/modules, /proc/net/sctp/snmp and the kernel's configuration."""

import re
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
    found = []
    for line in text.splitlines():
        match line.split():
            case [name, _, references, _, state, *_]:
                count = int(references) if _COUNT.fullmatch(references) else None
                found.append(LoadedModule(name, count, state))
            case _:
                continue
    return tuple(found)


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


def kernel_option(text: str, name: str) -> str | None:
    """Return the value of option *name* ("n" if unset), None if not mentioned."""
    match = re.search(rf"^{name}=(.*)$", text, re.MULTILINE)
    if match:
        return match[1].strip().strip('"')
    unset = re.search(rf"^# {name} is not set$", text, re.MULTILINE)
    return "n" if unset else None
