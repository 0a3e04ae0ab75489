"""Units that the kernel command line masks: systemd.mask=."""

from agent.systemd.arguments import words


def masked_by(command_line: str, unit: str) -> str:
    """Return the argument that masks *unit*, "" for none.

    systemd-debug-generator links the unit to /dev/null in the first directory of
    generated units, which overrules /etc; a name without a type is a service.
    """
    for word in words(command_line):
        key, equals, value = word.partition("=")
        name = value if "." in value else f"{value}.service"
        if equals and key == "systemd.mask" and name == unit:
            return word
    return ""
