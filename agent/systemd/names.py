"""Names of units: their folders, instances of templates, whose drop-ins count. Pure.

Source: systemd.unit(5).
"""

import re
from dataclasses import replace

from agent.systemd.unit import Setting

OWN = "/etc/systemd/system"
"""The folder of the node's own units."""

DIRECTORIES = (
    OWN,
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
"""All that outlive a boot; a file hides its like in the folders that follow."""

_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


def template(name: str) -> str:
    """Return the template that *name* is an instance of, *name* itself if of none.

    >>> template("modprobe@sctp.service"), template("amf.service")
    ('modprobe@.service', 'amf.service')
    """
    stem, at, rest = name.partition("@")
    return f"{stem}@.{rest.rpartition('.')[2]}" if at else name


def instance(name: str) -> str:
    """Return what stands between the `@` and the type, "" where nothing does."""
    return name.partition("@")[2].rpartition(".")[0]


def specific(setting: Setting, name: str) -> Setting:
    """Return *setting* as it is for the unit *name*, with `%i` and `%I` filled in."""
    if "%" not in setting.value:
        return setting
    own = instance(name)
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), own.replace("-", "/"))
    value = setting.value.replace("%i", own).replace("%I", plain)
    return replace(setting, value=value)


def with_drop_ins(name: str) -> tuple[str, ...]:
    """Return the names whose drop-ins count for *name*.

    >>> with_drop_ins("a-b@c.service")
    ('a-b@c.service', 'a-b@.service', 'a-.service', 'service')
    """
    stem, _, kind = name.rpartition(".")
    prefixes = [
        f"{stem[: at + 1]}.{kind}"
        for at, char in enumerate(stem.partition("@")[0])
        if char == "-"
    ]
    own = dict.fromkeys((name, template(name), *reversed(prefixes)))
    return (*own, kind)
