"""The SCTP stack's own counters, of the node's network namespace and of no other."""

from agent.hostfs.host import Host
from agent.kernel.procfs import snmp

_OF_INIT = "/proc/1/net/sctp/snmp"


def gather(host: Host) -> dict[str, int]:
    """Return the counters by the kernel's names, empty when there is no stack.

    Empty as well where process 1 is that of a container, or its namespace is not
    shown to us: the counters of another one, under the same names, would look like a
    reset to who adds them up.
    """
    file = host.read(_OF_INIT)
    return snmp(file.text) if file.readable and host.of_init("net") else {}
