"""Files with lines of modprobe.d about sctp that kmod does not read.

They decide nothing: of those that cannot be seen nothing is said. A copy that was put
aside (`x.conf.bak`) is meant to decide nothing.
"""

import re
from collections.abc import Iterator

from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kmod.grammar import Directive, parse
from agent.kmod.rules import KmodRules
from agent.names import SCTP
from agent.sources.lenient import list_names

_LIMIT = 1 << 16  # bytes of one file
_READ = "/etc/modprobe.d"
_FILES = ("/etc/modprobe.conf", "/etc/modprobe.conf.local", "/etc/modules.conf")
_MISSPELT = (
    "/etc/modprobe",
    "/etc/modprob.d",
    "/etc/modprobed",
    "/etc/modprobe.conf.d",
)
_ASIDE = re.compile(
    r"^\.|~$|\.(bak|backup|old|orig|save|sav|disabled|off|sample|example|swp|rpm\w+)\b"
    r"|\.(dpkg|ucf)-|\.alias$|^README",
    re.IGNORECASE,
)
_RULES = KmodRules(28)  # lines about sctp mean the same to all versions


def gather(host: Host) -> tuple[Origin, ...]:
    """Return the lines about sctp in files that were meant for kmod."""
    return tuple(origin for path in _strays(host) for origin in _lines(host, path))


def _strays(host: Host) -> Iterator[str]:
    yield from _FILES
    for name in list_names(host, _READ, []):
        if not name.endswith(".conf") and not _ASIDE.search(name):
            yield f"{_READ}/{name}"
    for folder in _MISSPELT:
        yield from (f"{folder}/{name}" for name in list_names(host, folder, []))


def _lines(host: Host, path: str) -> Iterator[Origin]:
    file = host.read(path, _LIMIT)
    for line in parse(path, file.data, _RULES) if file.readable else ():
        if isinstance(line, Directive) and line.name == SCTP:
            yield line.origin
