"""Whether the firmware checks what it boots: kernels of distributions then lock."""

from agent.hostfs.host import Host
from agent.hostfs.values import Presence

_FIRMWARE = "/sys/firmware"
# Linux shows four bytes of attributes before a variable's value (efivarfs).
_VARIABLES = f"{_FIRMWARE}/efi/efivars"
_VARIABLE = f"{_VARIABLES}/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_ATTRIBUTES = 4
#: Of IBM Z ("0" or "1") and of POWER (a big-endian number).
_OTHERS = (
    f"{_FIRMWARE}/ipl/secure",
    f"{_FIRMWARE}/devicetree/base/ibm,secure-boot",
)
_OFF = b"0\0\n"


def enabled(host: Host) -> bool | None:
    """Return whether Secure Boot is on, None where that is not shown.

    A container may be shown an empty /sys/firmware, which says nothing.
    """
    firmware = host.listdir(_FIRMWARE)
    if not host.live or firmware.presence != Presence.PRESENT:
        return None
    if "efi" in firmware.names:
        return _by_variable(host)
    others = [host.read(path) for path in _OTHERS]
    if any(other.unseen for other in others):
        return None
    return any(other.data.strip(_OFF) for other in others)


def _by_variable(host: Host) -> bool | None:
    variable = host.read(_VARIABLE)
    if variable.readable:
        return any(variable.data[_ATTRIBUTES:])
    others = host.listdir(_VARIABLES)
    if variable.presence == Presence.ABSENT and others.presence == Presence.PRESENT:
        return False  # firmware that does not know it has other variables
    return None
