"""The commands of a remedy, to be copied: ours, with harmless words of the node."""

import re

_OURS = (
    *("apiclient", "depmod", "dnf", "grub2-mkconfig", "grubby", "modprobe"),
    *("rpm-ostree", "systemctl", "transactional-update", "update-grub"),
)
_HARMLESS = re.compile(rf"(?:{'|'.join(_OURS)})(?: [A-Za-z0-9 ._/=:,+'-]*)?")


def commands(remedy: str) -> tuple[str, ...]:
    """Return the commands that stand between backticks in *remedy*.

    >>> commands("write `sctp` into it and run `systemctl restart systemd-sysctl`")
    ('systemctl restart systemd-sysctl',)
    >>> commands("run `grubby --remove-args='x; reboot'`")
    ()
    """
    candidates = remedy.split("`")[1::2]
    return tuple(text for text in candidates if _HARMLESS.fullmatch(text))
