"""The kernel that boots next and the arguments it will get, from the boot loader."""

from agent.bootloader import bls, choice, grub_cfg, grubenv
from agent.bootloader.entry import Entry
from agent.facts import Gap, NextKernel
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Presence
from agent.kernel import arguments

_GRUB_DIRECTORIES = ("/boot/grub2", "/boot/grub")
_ENTRIES = "/boot/loader/entries"
_OSTREE = "ostree"


def gather(host: Host, running: tuple[arguments.Argument, ...]) -> NextKernel:
    """Return what GRUB will start; *running* are the present kernel's arguments.

    Where that cannot be told the release is "" and the note says why.
    """
    gaps: list[Gap] = []
    for directory in _GRUB_DIRECTORIES:
        config = _text(host, f"{directory}/grub.cfg", gaps)
        if config is None:
            continue
        environment = grubenv.parse(_text(host, f"{directory}/grubenv", gaps) or "")
        menu = grub_cfg.parse(f"{directory}/grub.cfg", config, environment)
        entries = _entries(host, menu.variables, gaps) if menu.uses_bls else ()
        names = choice.default_names(config, environment)
        entry = choice.choose(names, menu, entries)
        if gaps:
            return NextKernel(gaps=tuple(gaps))
        if entry is None or not entry.release:
            return NextKernel(note=f"{directory}/grub.cfg names no kernel to start")
        return _next(host, entry, running)
    if gaps and all(gap.withheld for gap in gaps):
        return NextKernel(note=str(gaps[0]))
    if gaps:
        return NextKernel(gaps=tuple(gaps))
    return NextKernel(note="no configuration of GRUB was found under /boot")


def _next(
    host: Host, entry: Entry, running: tuple[arguments.Argument, ...]
) -> NextKernel:
    origin = Origin(entry.path, entry.line, f"{entry.image} {entry.arguments}")
    found = NextKernel(entry.release, entry.arguments, origin)
    split = tuple(arguments.split(entry.arguments))
    deployment = arguments.last(split, _OSTREE)
    booted = arguments.last(running, _OSTREE)
    if deployment is None or (booted and booted.value == deployment.value):
        return found
    # Another deployment boots next: it has a /usr and an /etc of its own.
    root = host.real_path(deployment.value or "/")
    if not root or root == "/":
        return NextKernel(note=f"the deployment {deployment.value} was not found")
    return NextKernel(entry.release, entry.arguments, origin, root)


def _entries(
    host: Host, variables: dict[str, str], gaps: list[Gap]
) -> tuple[Entry, ...]:
    listing = host.listdir(_ENTRIES)
    if listing.presence == Presence.UNREADABLE:
        gaps.append(Gap(_ENTRIES, listing.problem))
    found = []
    for name in listing.names:
        path = f"{_ENTRIES}/{name}"
        text = _text(host, path, gaps) if name.endswith(".conf") else None
        entry = bls.parse(path, text, variables) if text else None
        if entry:
            found.append(entry)
    return bls.ordered(found)


def _text(host: Host, path: str, gaps: list[Gap]) -> str | None:
    file = host.read(path)
    if file.presence == Presence.UNREADABLE:
        gaps.append(Gap(path, file.problem))
    return file.text if file.readable else None
