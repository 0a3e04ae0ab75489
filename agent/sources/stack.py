"""The SCTP stack's own counters, of the host's network namespace if reachable."""

from agent.host import Host
from agent.kernel.procfs import snmp

_PATHS = ("/proc/1/net/sctp/snmp", "/proc/net/sctp/snmp")


def gather(host: Host) -> dict[str, int]:
    """Return the counters by the kernel's names, empty when there is no stack."""
    for path in _PATHS:
        counters = snmp(host.read(path).text)
        if counters:
            return counters
    return {}
