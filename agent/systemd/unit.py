"""One unit file or drop-in of systemd: its assignments, and whether it is plain."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PREFIXES = "-@:+!|"
#: Without a condition and as root of the node: what then starts, runs.
_DECIDES = re.compile(
    r"(Condition|Assert)\w+|User|DynamicUser|RootDirectory|RootImage|"
    r"CapabilityBoundingSet|ProtectKernelModules|PrivateUsers|NoNewPrivileges|"
    r"SystemCallFilter|ExecCondition"
)
#: What every process of root's has, outside of a container.
_OF_ROOT = frozenset(
    {("ConditionCapability", "CAP_SYS_MODULE"), ("User", "root"), ("User", "0")}
)
_COMMANDS = ("ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost")
_PULLING = frozenset({"Wants", "Requires", "BindsTo", "Upholds"})
_TRIGGERING = frozenset({"Unit", "Service", "Sockets", "OnFailure", "OnSuccess"})
_TRIGGERS = frozenset({"timer", "socket", "path"})
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


def dependencies(
    name: str, settings: Sequence[Setting]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the units that the unit *name* pulls in, and those it may trigger.

    A timer, a socket or a path starts the service of its name, or the one it names
    (systemd.timer(5), systemd.socket(5), systemd.path(5)).
    """
    stem, _, kind = name.rpartition(".")
    pulled: list[str] = []
    triggered: list[str] = []
    for setting in settings:
        if setting.key in _PULLING:
            pulled += setting.value.split()
        elif setting.key in _TRIGGERING:
            triggered += setting.value.split()
    if kind in _TRIGGERS:
        triggered.append(f"{stem}.service")
    return tuple(pulled), tuple(triggered)


def decides(setting: Setting) -> bool:
    """Tell whether *setting* could keep a unit from running, or from loading."""
    if _DECIDES.fullmatch(setting.key) is None:
        return False
    return (setting.key, setting.value) not in _OF_ROOT and setting.value != ""


def commands(settings: Sequence[Setting]) -> tuple[Setting, ...]:
    """Return the commands of a start in the order in which they run.

    An empty assignment takes back those before it (systemd.service(5)).
    """
    rows: dict[str, list[Setting]] = {key: [] for key in _COMMANDS}
    for setting in settings:
        if setting.key in rows and not setting.value:
            rows[setting.key] = []
        elif setting.key in rows:
            rows[setting.key].append(setting)
    return tuple(setting for row in rows.values() for setting in row)


def may_fail(setting: Setting) -> bool:
    """Tell whether nothing after *setting*, a command, runs if it fails."""
    prefixes = setting.value[: len(setting.value) - len(command(setting))]
    return "-" not in prefixes


def command(setting: Setting) -> str:
    """Return the command line of *setting*, without what modifies its start."""
    return setting.value.lstrip(_PREFIXES)
