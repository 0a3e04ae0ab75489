"""What an initramfs may load: its lists, and arguments that only it reads."""

from collections.abc import Iterator

from agent.facts import BootLoad, Gap
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kernel.arguments import Argument, value_names
from agent.names import SCTP
from agent.sources.lenient import files_in, read_text
from agent.startup.module_list import assignments, first_words, places_of

_INITRAMFS_TOOLS = (
    "/etc/initramfs-tools/modules",
    "/usr/share/initramfs-tools/modules",
    "/usr/share/initramfs-tools/modules.d",
    "/etc/initramfs-tools/modules.d",
)
_DRACUT = ("/etc/dracut.conf", "/etc/dracut.conf.d", "/usr/lib/dracut/dracut.conf.d")
_MKINITCPIO = ("/etc/mkinitcpio.conf", "/etc/mkinitcpio.conf.d")
_BOOSTER = "/etc/booster.yaml"
#: Of dracut (dracut.cmdline(7)), systemd in an initramfs, mkinitcpio, and Alpine's
#: mkinitfs (mkinitfs-bootparams(7)).
_ARGUMENTS = frozenset(
    {"rd.driver.pre", "rd.driver.post", "rdloaddriver", "rd.modules_load"}
    | {"earlymodules", "modules"}
)
_BY = "the initramfs"


def gather(
    host: Host, arguments: tuple[Argument, ...], gaps: list[Gap]
) -> Iterator[BootLoad]:
    """Yield what an initramfs may load: its image may be older than its files.

    dracut's add_drivers only puts a module into the image; force_drivers loads it. An
    argument loads what the image has.
    """
    for path in files_in(host, _INITRAMFS_TOOLS, gaps):
        names = first_words(path, read_text(host, path, gaps))
        yield from (BootLoad(SCTP, place, _BY) for place in places_of(SCTP, names))
    for places, key in ((_DRACUT, "force_drivers"), (_MKINITCPIO, "MODULES")):
        for path in files_in(host, places, gaps):
            names = assignments(path, read_text(host, path, gaps), key)
            yield from (BootLoad(SCTP, place, _BY) for place in places_of(SCTP, names))
    text = read_text(host, _BOOSTER, gaps).replace(":", "=").replace(",", " ")
    for number, line in enumerate(text.splitlines(), start=1):
        key, _, value = line.partition("=")
        if key.strip() == "modules_force_load" and SCTP in value.split():
            yield BootLoad(SCTP, Origin(_BOOSTER, number, line.strip()), _BY)
    for argument in arguments:
        if argument.key in _ARGUMENTS and SCTP in value_names(argument):
            yield BootLoad(SCTP, argument.origin, _BY)
