"""Whether SELinux enforces, by its configuration and the kernel's arguments."""

import re
from enum import StrEnum

from agent.kernel.arguments import Argument, last, value_names

_NAME = "selinux"
_MODE = re.compile(r"[ \t\r\v\f]*(enforcing|permissive|disabled)", re.IGNORECASE)
_TYPE = re.compile(r"^[ \t]*SELINUXTYPE=[ \t]*(.*)", re.MULTILINE | re.IGNORECASE)


class Mode(StrEnum):
    """What SELinux does with what its policy denies."""

    OFF = "off"  # not in use, or no policy is loaded: nothing is refused
    PERMISSIVE = "permissive"
    ENFORCING = "enforcing"
    UNKNOWN = "unknown"


def mode_in(text: str) -> str:
    r"""Return the mode that /etc/selinux/config sets, *text* being what stands in it.

    The first line that begins with `SELINUX=` and a mode counts; a blank before it or
    before the `=` makes it none (libselinux, selinux_getenforcemode). Without such a
    line the policy is loaded and nothing enforced (selinux_init_load_policy).

    >>> mode_in(" SELINUX=disabled\nSELINUX=on\nSELINUX=Enforcing # x")
    'enforcing'
    """
    for line in text.split("\n"):
        _, tag, value = line.partition("SELINUX=")
        match = _MODE.match(value) if line.startswith(tag) else None
        if match:
            return match[1].lower()
    return Mode.PERMISSIVE if text else ""


def type_in(text: str) -> str:
    """Return the policy's name by the last `SELINUXTYPE=` (init_selinux_config)."""
    names = _TYPE.findall(text)
    return (names[-1].strip() if names else "") or "targeted"


def switched_off_by(arguments: tuple[Argument, ...]) -> Argument | None:
    """Return the argument that makes the kernel start without SELinux.

    `lsm=` names all security modules, and `security=` counts only without it.
    """
    switch, modules = last(arguments, _NAME), last(arguments, "lsm")
    if switch and switch.value == "0":
        return switch
    if modules:
        return None if _NAME in value_names(modules) else modules
    older = last(arguments, "security")
    return older if older and older.value not in {_NAME, "", None} else None


def configured_mode(setting: str, arguments: tuple[Argument, ...]) -> Mode:
    """Return the mode after a boot with *setting*, the value of `SELINUX=`.

    The first argument `enforcing=` overrules the file, unless that says `disabled`
    (libselinux, selinux_init_load_policy: strstr and atoi).
    """
    if switched_off_by(arguments) or setting.lower().startswith("disabled"):
        return Mode.OFF
    number = _number(next((a.value for a in arguments if a.key == "enforcing"), None))
    if number >= 0:
        return Mode.ENFORCING if number else Mode.PERMISSIVE
    for mode in (Mode.ENFORCING, Mode.PERMISSIVE):
        if setting.lower().startswith(mode):  # as libselinux compares them
            return mode
    return Mode.UNKNOWN


def _number(value: str | None) -> int:
    """Return *value* as C's atoi does, -1 where there is none."""
    if value is None:
        return -1
    match = re.match(r"[+-]?\d{1,9}", value)
    return int(match[0]) if match else 0
