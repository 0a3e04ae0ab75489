"""One unit file or drop-in of systemd: its assignments, and whether it is plain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PREFIXES = "-@:+!|"
#: Without a condition and as root of the node: what then starts, runs.
_DECIDES = re.compile(
    r"(Condition|Assert)\w+|User|DynamicUser|RootDirectory|RootImage|"
    r"CapabilityBoundingSet|ProtectKernelModules|PrivateUsers|NoNewPrivileges|"
    r"SystemCallFilter|ExecCondition"
)
#: The targets that every boot to an ordinary system reaches.
REACHED = frozenset(
    {"sysinit.target", "basic.target", "multi-user.target", "default.target"}
    | {"graphical.target", "local-fs.target", "network.target"}
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One assignment; *line* is where it begins, from 1."""

    section: str
    key: str
    value: str
    line: int


def parse(text: str) -> Iterator[Setting]:
    """Yield the assignments (systemd.syntax(7)): sections, continued lines."""
    section, begun, parts = "", 0, [""]
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if begun == 0:
            if content.startswith("[") and content.endswith("]"):
                section = content[1:-1]
                continue
            if not content or content[0] in "#;":
                continue
            begun, parts = number, []
        elif content[:1] in {"#", ";"}:
            continue  # a comment between continued lines ends nothing
        if content.endswith("\\"):
            parts.append(content[:-1].strip())
            continue
        key, equals, value = " ".join([*parts, content]).partition("=")
        if equals:
            yield Setting(section, key.strip(), value.strip(), begun)
        begun = 0


def decides(setting: Setting) -> bool:
    """Tell whether *setting* could keep a unit from running, or from loading."""
    return _DECIDES.fullmatch(setting.key) is not None and setting.value != ""


def command(setting: Setting) -> str:
    """Return the command line of an ExecStart, ExecStartPre or ExecStartPost."""
    if not re.fullmatch(r"ExecStart(Pre|Post)?", setting.key):
        return ""
    return setting.value.lstrip(_PREFIXES)
