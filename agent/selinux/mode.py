"""Whether SELinux enforces, by its configuration and the kernel's arguments."""

from enum import StrEnum

from agent.kernel.arguments import Argument, last, value_names

_NAME = "selinux"


class Mode(StrEnum):
    """What SELinux does with what its policy denies."""

    OFF = "off"  # not in use, or no policy is loaded: nothing is refused
    PERMISSIVE = "permissive"
    ENFORCING = "enforcing"
    UNKNOWN = "unknown"


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

    The argument `enforcing=` overrules the file, unless that says `disabled`.
    """
    if switched_off_by(arguments) or setting.lower().startswith("disabled"):
        return Mode.OFF
    argument = last(arguments, "enforcing")
    if argument and argument.value:
        return Mode.PERMISSIVE if argument.value == "0" else Mode.ENFORCING
    for mode in (Mode.ENFORCING, Mode.PERMISSIVE):
        if setting.lower().startswith(mode):  # as libselinux compares them
            return mode
    return Mode.UNKNOWN
