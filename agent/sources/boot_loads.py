"""What loads sctp at a boot beside the service for it: units, scripts, an initramfs."""

from agent.facts import BootLoad, Gap, Init
from agent.hostfs.host import Host
from agent.kernel.arguments import Argument
from agent.sources import boot_scripts, initramfs, units

_RARE = ("/var/", "/oem", "/system/")


def gather(
    host: Host,
    init: Init,
    arguments: tuple[Argument, ...] = (),
    command_line: str = "",
) -> tuple[tuple[BootLoad, ...], tuple[Gap, ...]]:
    """Return the loads of sctp that were found, and what could not be read.

    What was not given of /var and /oem is passed over: what a node starts is in /etc
    and /usr as a rule.
    """
    gaps: list[Gap] = []
    loads = [*units.gather(host, gaps, command_line)] if init == Init.SYSTEMD else []
    loads += initramfs.gather(host, arguments, gaps)
    loads += boot_scripts.gather(host, init, gaps)
    relevant = (g for g in gaps if not (g.withheld and g.path.startswith(_RARE)))
    return tuple(loads), tuple(dict.fromkeys(relevant))
