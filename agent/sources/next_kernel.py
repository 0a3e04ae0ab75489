"""The kernel that boots next and the arguments it will get, from the boot loader."""

import posixpath
from dataclasses import dataclass, replace

from agent.bootloader import bls, choice, grub_cfg, grubenv
from agent.bootloader.entry import Entry
from agent.facts import Gap, NextKernel
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind
from agent.kernel import arguments, image
from agent.names import SCTP
from agent.sources import other_loaders
from agent.sources.lenient import list_names, text_of

_GRUB_DIRECTORIES = ("/boot/grub2", "/boot/grub")
_PARTITIONS = ("/boot", "", "/efi", "/boot/efi", "/boot/firmware")
_ENTRIES = "/boot/loader/entries"
#: Where a boot loader has its menu: a link there that is broken is no absence.
_PLACES = (
    *(f"{directory}/grub.cfg" for directory in _GRUB_DIRECTORIES),
    *("/boot/loader", _ENTRIES, "/boot/extlinux/extlinux.conf", "/etc/zipl.conf"),
)
_STAGED = "/run/ostree/staged-deployment"
_STORES, _CURRENT = ("/nix/store/", "/gnu/store/"), "/run/current-system"
_OSTREE = "ostree"
#: Keys that may decide over sctp, or over which files a boot finds.
_DECIDING = (
    *("module", "modprobe.", "modules_load", SCTP, "sysctl.", "lockdown"),
    *("systemd.", "rd.driver", "ostree", "selinux", "security", "enforcing", "lsm"),
    *("nomodule", "initcall_blacklist", "gnu."),
)


@dataclass(frozen=True, slots=True)
class Running:
    """The kernel that runs: its *arguments* and its *release*.

    *others* are the installed ones that differ in whether they have sctp.
    """

    arguments: tuple[arguments.Argument, ...]
    release: str
    others: tuple[str, ...] = ()


def gather(host: Host, running: Running) -> NextKernel:
    """Return what boots next; where that cannot be told the release is ""."""
    entry = _by_loader(host, running)
    if entry.hidden:
        return entry
    words = tuple(arguments.split(entry.command_line))
    unclear = _staged(host) or _other_system(host, running, words)
    return replace(entry, unclear=unclear) if unclear else entry


def _staged(host: Host) -> str:
    """Say that ostree writes another deployment to the boot loader at the shutdown."""
    if not host.live or host.kind(_STAGED) != Kind.FILE:
        return ""
    if host.kind(f"{_STAGED}-locked") == Kind.FILE:
        return ""
    return f"the deployment in {_STAGED} boots next, and is not read"


def _other_system(
    host: Host, running: Running, words: tuple[arguments.Argument, ...]
) -> str:
    """Say that another system of the store boots next: NixOS and Guix.

    It has an /etc of its own; after a switch to it /etc is that already, and
    /run/current-system leads to it.
    """
    for key in ("init", "gnu.system"):
        now, then = arguments.last(running.arguments, key), arguments.last(words, key)
        if not (now and then and then.value) or then.value == now.value:
            continue
        system = then.value.removesuffix("/init")
        if then.value.startswith(_STORES) and host.real_path(_CURRENT) != system:
            return f"another system boots next, {system}, and is not read"
    return ""


def _by_loader(host: Host, running: Running) -> NextKernel:
    """Return what the boot loader starts."""
    gaps: list[Gap] = []
    for directory in _GRUB_DIRECTORIES:
        path = f"{directory}/grub.cfg"
        config = text_of(host, path, gaps)
        if config is None:
            continue
        entry = _grub(host, path, config, gaps)
        if gaps:
            return NextKernel(gaps=tuple(gaps))
        if entry is None:
            return NextKernel(unclear=f"{path} names no kernel to start")
        return _next(host, entry, running)
    other = other_loaders.menu(host, gaps)
    if other and not gaps:
        return _from_menu(host, other, running)
    if gaps and all(gap.withheld for gap in gaps):
        return NextKernel(note=str(gaps[0]))
    if gaps:
        return NextKernel(gaps=tuple(gaps))
    text = "no boot loader's configuration was found"
    broken = next((p for p in _PLACES if host.kind(p) == Kind.DANGLING), "")
    if broken or running.others:
        nowhere = f"{broken} is a link that leads nowhere"
        unclear = nowhere if broken else f"{text}, {_which(running)}"
        return NextKernel(unclear=unclear)
    return NextKernel(note=text)


def _grub(host: Host, path: str, config: str, gaps: list[Gap]) -> Entry | None:
    """Return the entry that GRUB starts by its *config*, the text of *path*."""
    directory = posixpath.dirname(path)
    environment = grubenv.parse(text_of(host, f"{directory}/grubenv", gaps) or "")
    for name in grub_cfg.environments(config):
        text = text_of(host, _on_boot(host, name), gaps)
        environment = {**grubenv.parse(text or ""), **environment}
    menu = grub_cfg.parse(path, config, environment)
    entries = _entries(host, menu.variables, gaps) if menu.uses_bls else ()
    names = choice.default_names(config, environment)
    return choice.choose(names, menu, entries)


def _on_boot(host: Host, path: str) -> str:
    """Return where the node has what is *path* to its boot loader."""
    places = (f"{partition}{path}" for partition in _PARTITIONS)
    return next((p for p in places if host.kind(p) != Kind.NOTHING), path)


def _from_menu(host: Host, menu: other_loaders.Menu, running: Running) -> NextKernel:
    """Return the entry that starts, or any where what decides is the same in all."""
    kinds = {(_release(host, e), _deciding(e.arguments)) for e in menu.entries}
    if len(kinds) != 1:
        number = len(menu.entries)
        text = f"which of {number} entries {menu.loader} starts is not known"
        return NextKernel(unclear=text if number else f"{menu.loader} has no entry")
    return _next(host, menu.entries[0], running)


def _release(host: Host, entry: Entry) -> str:
    """Return the release of the kernel by its name, or by its image."""
    if entry.release:
        return entry.release
    path = _on_boot(host, entry.image.rpartition(")")[2])
    real = host.real_path(path) if path.startswith("/") else ""
    return replace(entry, image=real).release or image.release(
        host.head(real, image.HEAD) if real else b""
    )


def _which(running: Running) -> str:
    others = ", ".join(running.others)
    return f"and {others} differs from {running.release} in whether it has sctp"


def _deciding(text: str) -> tuple[str, ...]:
    return tuple(
        argument.text
        for argument in arguments.split(text)
        if argument.key.startswith(_DECIDING) or argument.key == "init"
    )


def _next(host: Host, entry: Entry, running: Running) -> NextKernel:
    origin = Origin(entry.path, entry.line, f"{entry.image} {entry.arguments}")
    release = _release(host, entry)
    if not (release or entry.is_kernel):
        text = f"{entry.path} starts {entry.image}, which is no kernel by its name"
        return NextKernel(unclear=text, origin=origin)
    if not release and running.others:
        text = f"{entry.path} does not say which kernel it starts"
        return NextKernel(unclear=f"{text}, {_which(running)}", origin=origin)
    release = release or running.release
    kernel = NextKernel(release, entry.arguments, origin)
    split = tuple(arguments.split(entry.arguments))
    deployment = arguments.last(split, _OSTREE)
    present = arguments.last(running.arguments, _OSTREE)
    if deployment is None or (present and present.value == deployment.value):
        return kernel
    # Another deployment boots next: it has a /usr and an /etc of its own.
    root = host.real_path(deployment.value or "/")
    if not root or root == "/":
        return NextKernel(unclear=f"the deployment {deployment.value} was not found")
    return NextKernel(release, entry.arguments, origin, root)


def _entries(
    host: Host, variables: dict[str, str], gaps: list[Gap]
) -> tuple[Entry, ...]:
    entries = []
    if host.kind(_ENTRIES) == Kind.DANGLING:
        gaps.append(Gap(_ENTRIES, "is a link that leads nowhere"))
    for name in list_names(host, _ENTRIES, gaps):
        path = f"{_ENTRIES}/{name}"
        text = text_of(host, path, gaps) if name.endswith(".conf") else None
        entry = bls.parse(path, text, variables) if text else None
        if entry:
            entries.append(entry)
    return bls.in_order(entries)
