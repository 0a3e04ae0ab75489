"""Whether SCTP is in this kernel, and its counters: read, never provoked."""

import os

from agent.kernel.procfs import snmp

_NET = "/proc/thread-self/net"  # of the calling thread's namespace
_ROW = "SCTP "  # sctp registers itself there just before sockets can be opened


def in_kernel(net: str | os.PathLike[str] = _NET) -> bool:
    """Say whether the kernel has SCTP now, so that a socket loads nothing."""
    lines = _read(f"{net}/protocols").splitlines()
    return any(line.startswith(_ROW) for line in lines)


def has_ipv6(net: str | os.PathLike[str] = _NET) -> bool:
    """Say whether the namespace has IPv6: where not, a socket might load ipv6."""
    return os.path.exists(f"{net}/if_inet6")


def counters(net: str | os.PathLike[str] = _NET) -> dict[str, int]:
    """Return the namespace's SCTP counters, {} where there are none."""
    return snmp(_read(f"{net}/sctp/snmp"))


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
