"""What loads sctp at a boot beside the service for it: units, scripts, an initramfs."""

from collections.abc import Iterator

from agent.facts import BootLoad, Gap, Init
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.kmod.grammar import canonical
from agent.names import SCTP
from agent.sources import units
from agent.sources.lenient import gap_of, read_text
from agent.startup.commands import calls
from agent.startup.module_list import assignments, first_words

_INITRAMFS_TOOLS = (
    "/etc/initramfs-tools/modules",
    "/usr/share/initramfs-tools/modules",
    "/usr/share/initramfs-tools/modules.d",
    "/etc/initramfs-tools/modules.d",
)
_DRACUT = ("/etc/dracut.conf", "/etc/dracut.conf.d", "/usr/lib/dracut/dracut.conf.d")
_MKINITCPIO = ("/etc/mkinitcpio.conf", "/etc/mkinitcpio.conf.d")
_SCRIPTS = (
    "/etc/rc.local",
    "/etc/rc.d/rc.local",
    "/etc/rc.modules",
    "/etc/sysconfig/modules",
    "/etc/local.d",
)


def gather(host: Host, init: Init) -> tuple[tuple[BootLoad, ...], tuple[Gap, ...]]:
    """Return the loads of sctp that were found, and what could not be read."""
    gaps: list[Gap] = []
    loads = [*units.gather(host, gaps)] if init == Init.SYSTEMD else []
    loads += _in_initramfs(host, gaps)
    loads += _in_scripts(host, gaps)
    return tuple(loads), tuple(dict.fromkeys(gaps))


def _in_initramfs(host: Host, gaps: list[Gap]) -> Iterator[BootLoad]:
    """Yield what an initramfs may load: its image may be older than its files.

    dracut's add_drivers only puts a module into the image; force_drivers loads it.
    """
    for path in _files(host, _INITRAMFS_TOOLS, gaps):
        for name, origin in first_words(path, read_text(host, path, gaps)):
            if canonical(name) == SCTP:
                yield BootLoad(SCTP, origin, "the initramfs")
    for places, key in ((_DRACUT, "force_drivers"), (_MKINITCPIO, "MODULES")):
        for path in _files(host, places, gaps):
            for name, origin in assignments(path, read_text(host, path, gaps), key):
                if canonical(name) == SCTP:
                    yield BootLoad(SCTP, origin, "the initramfs")


def _in_scripts(host: Host, gaps: list[Gap]) -> Iterator[BootLoad]:
    for path in _files(host, _SCRIPTS, gaps):
        if not _is_run(host, path, gaps):
            continue
        for call in calls(read_text(host, path, gaps)):
            if SCTP in call.names:
                origin = Origin(path, call.line, call.text)
                yield BootLoad(SCTP, origin, "a script", call.blacklist)


def _is_run(host: Host, path: str, gaps: list[Gap]) -> bool:
    """Tell whether the script is one that a boot starts."""
    if "sysconfig" in path:
        return True
    try:
        return bool((host.mode(path) or 0) & 0o111)
    except UnseenError as error:
        gaps.append(gap_of(error))
        return False


def _files(host: Host, places: tuple[str, ...], gaps: list[Gap]) -> Iterator[str]:
    """Yield the files at *places*, and in those of them that are folders."""
    for place in places:
        listing = host.listdir(place)
        if listing.unseen:
            gaps.append(Gap(place, listing.problem))
        elif listing.kind == Kind.DIRECTORY:
            yield from (f"{place}/{name}" for name in listing.names)
        else:
            yield place
