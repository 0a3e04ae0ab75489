"""The kernel that boots next and the arguments it will get, from the boot loader."""

from agent.bootloader import bls, choice, grub_cfg, grubenv
from agent.bootloader.entry import Entry
from agent.facts import Gap, NextKernel
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kernel import arguments
from agent.sources import other_loaders
from agent.sources.lenient import list_names, text_of

_GRUB_DIRECTORIES = ("/boot/grub2", "/boot/grub")
_ENTRIES = "/boot/loader/entries"
_OSTREE = "ostree"
#: Keys that may decide over sctp, or over which files a boot finds.
_DECIDING = (
    *("module", "modprobe.", "modules_load", "sctp", "sysctl.", "lockdown"),
    *("systemd.", "rd.driver", "ostree", "selinux", "security", "enforcing", "lsm"),
)


def gather(
    host: Host, running: tuple[arguments.Argument, ...], release: str
) -> NextKernel:
    """Return what boots next; *running* are the present arguments, *release* its own.

    Where that cannot be told the release is "" and the note says why.
    """
    gaps: list[Gap] = []
    for directory in _GRUB_DIRECTORIES:
        config = text_of(host, f"{directory}/grub.cfg", gaps)
        if config is None:
            continue
        environment = grubenv.parse(text_of(host, f"{directory}/grubenv", gaps) or "")
        menu = grub_cfg.parse(f"{directory}/grub.cfg", config, environment)
        entries = _entries(host, menu.variables, gaps) if menu.uses_bls else ()
        names = choice.default_names(config, environment)
        entry = choice.choose(names, menu, entries)
        if gaps:
            return NextKernel(gaps=tuple(gaps))
        if entry is None or not entry.release:
            return NextKernel(note=f"{directory}/grub.cfg names no kernel to start")
        return _next(host, entry, running, entry.release)
    other = other_loaders.menu(host, gaps)
    if other and not gaps:
        return _from_menu(host, other, running, release)
    if gaps and all(gap.withheld for gap in gaps):
        return NextKernel(note=str(gaps[0]))
    if gaps:
        return NextKernel(gaps=tuple(gaps))
    return NextKernel(note="no boot loader's configuration was found")


def _from_menu(
    host: Host,
    menu: other_loaders.Menu,
    running: tuple[arguments.Argument, ...],
    release: str,
) -> NextKernel:
    """Return the entry that starts, or any where what decides is the same in all."""
    kinds = {(e.release or release, _deciding(e.arguments)) for e in menu.entries}
    if len(kinds) != 1:
        number = len(menu.entries)
        text = f"which of {number} entries {menu.loader} starts is not known"
        return NextKernel(unclear=text if number else f"{menu.loader} has no entry")
    first = menu.entries[0]
    return _next(host, first, running, first.release or release)


def _deciding(text: str) -> tuple[str, ...]:
    found = (a for a in arguments.split(text) if a.key.startswith(_DECIDING))
    return tuple(argument.text for argument in found)


def _next(
    host: Host,
    entry: Entry,
    running: tuple[arguments.Argument, ...],
    release: str,
) -> NextKernel:
    origin = Origin(entry.path, entry.line, f"{entry.image} {entry.arguments}")
    found = NextKernel(release, entry.arguments, origin)
    split = tuple(arguments.split(entry.arguments))
    deployment = arguments.last(split, _OSTREE)
    booted = arguments.last(running, _OSTREE)
    if deployment is None or (booted and booted.value == deployment.value):
        return found
    # Another deployment boots next: it has a /usr and an /etc of its own.
    root = host.real_path(deployment.value or "/")
    if not root or root == "/":
        return NextKernel(note=f"the deployment {deployment.value} was not found")
    return NextKernel(release, entry.arguments, origin, root)


def _entries(
    host: Host, variables: dict[str, str], gaps: list[Gap]
) -> tuple[Entry, ...]:
    found = []
    for name in list_names(host, _ENTRIES, gaps):
        path = f"{_ENTRIES}/{name}"
        text = text_of(host, path, gaps) if name.endswith(".conf") else None
        entry = bls.parse(path, text, variables) if text else None
        if entry:
            found.append(entry)
    return bls.ordered(found)
