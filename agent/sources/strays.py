"""Files that were meant to load sctp at boot and that nobody reads.

They decide nothing: of those that cannot be seen nothing is said.
"""

from collections.abc import Iterable, Iterator

from agent.facts import Init
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kmod.grammar import canonical
from agent.names import SCTP
from agent.sources.lenient import list_names, read_text, real_path_of
from agent.startup.module_list import ETC_MODULES, assignments, places_of
from agent.startup.openrc import OF_EVERY_KERNEL, OWN_LIST
from agent.systemd import modules_load

_LIMIT = 1 << 16  # bytes of one file
_READ = "/etc/modules-load.d"
#: Read by other inits, and by SUSE's of long ago.
_LISTS = (
    (OWN_LIST, OF_EVERY_KERNEL),
    ("/etc/sysconfig/kernel", "MODULES_LOADED_ON_BOOT"),
)
_MISSPELT = (
    *("/etc/modules-load", "/etc/module-load.d", "/etc/modules_load.d"),
    *("/etc/modules.load.d", "/etc/modload.d", "/etc/modules.d"),
)


def gather(host: Host, init: Init, read: Iterable[str] = ()) -> tuple[Origin, ...]:
    """Return the lines that name sctp in files that *init* passes over.

    Debian has a link to /etc/modules among those that are *read*.
    """
    origins = [origin for p in _strays(host) for origin in _in(host, p)]
    if init == Init.SYSTEMD:
        if ETC_MODULES not in {real_path_of(host, path, []) for path in read}:
            origins += _in(host, ETC_MODULES)
        for path, key in _LISTS:
            names = assignments(path, read_text(host, path, []), key)
            origins += places_of(SCTP, names)
    return tuple(dict.fromkeys(origins))


def _strays(host: Host) -> Iterator[str]:
    for name in list_names(host, _READ, []):
        if not name.endswith(".conf") or name.startswith("."):
            yield f"{_READ}/{name}"
    for folder in _MISSPELT:
        yield from (f"{folder}/{name}" for name in list_names(host, folder, []))


def _in(host: Host, path: str) -> Iterator[Origin]:
    file = host.read(path, _LIMIT)
    for entry in modules_load.parse(path, file.data) if file.readable else ():
        # A name may be white space alone: systemd strips fewer characters than this.
        if [canonical(word) for word in entry.name.split()[:1]] == [SCTP]:
            yield entry.origin


def in_vain(entry: modules_load.Entry) -> bool:
    """Tell whether *entry* was meant for sctp and is the name of no module.

    The whole line is the name (modules-load.c): `sctp # comment` and `sctp.ko` too.
    """
    name = canonical(entry.name)
    if name == SCTP:
        return False
    words = (name or entry.name).replace(",", " ").split()
    module = words[0].rpartition("/")[2].partition(".ko")[0] if words else ""
    return module == SCTP or name in {"stcp", "scpt", "sctp_", "lksctp", "ip_sctp"}
