"""Units that the kernel command line masks: systemd.mask=."""

from agent.systemd.arguments import units_named


def masked_by(command_line: str, unit: str) -> str:
    """Return the argument that masks *unit*, "" for none.

    systemd-debug-generator links the unit to /dev/null in the first directory of
    generated units, which overrules /etc.
    """
    masks = units_named(command_line, "systemd.mask")
    return next((argument for name, argument in masks if name == unit), "")
