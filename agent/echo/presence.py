"""Whether SCTP is in this kernel, and its counters: read, never provoked."""

from pathlib import Path

from agent.kernel.procfs import snmp

_NET = Path("/proc/thread-self/net")  # of the calling thread's namespace
_ROW = "SCTP "  # sctp registers itself there just before sockets can be opened


def in_kernel(net: Path = _NET) -> bool:
    """Say whether the kernel has SCTP now, so that a socket loads nothing."""
    lines = _read(net / "protocols").splitlines()
    return any(line.startswith(_ROW) for line in lines)


def has_ipv6(net: Path = _NET) -> bool:
    """Say whether the namespace has IPv6: where not, a socket might load ipv6."""
    return (net / "if_inet6").exists()


def counters(net: Path = _NET) -> dict[str, int]:
    """Return the namespace's SCTP counters, {} where there are none."""
    return snmp(_read(net / "sctp/snmp"))


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
