"""The SCTP stack's own counters, of the host's network namespace if reachable."""

from agent.hostfs.host import Host
from agent.kernel.procfs import snmp

_OF_INIT, _OWN = "/proc/1/net/sctp/snmp", "/proc/net/sctp/snmp"


def gather(host: Host) -> dict[str, int]:
    """Return the counters by the kernel's names, empty when there is no stack.

    Empty as well where process 1 is that of a container: a pod's counters are not
    the node's.
    """
    for path in (_OF_INIT, _OWN) if host.of_init("net") else ():
        counters = snmp(host.read(path).text)
        if counters:
            return counters
    return {}
