"""Processes, pods and the kernel's tables of SCTP, as files below a root."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EPS = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"
ASSOCS = (
    " ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT "
    "RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC "
    "wmema wmemq sndbuf rcvbuf\n"
)
REMADDR = "ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START STATE\n"
HOST = "host"


def pod_uid(number: int) -> str:
    """Return the UID of a pod."""
    return f"{number:08x}-1b2d-4c3e-8f00-0123456789ab"


def pod_cgroup(number: int, container: int = 0) -> str:
    """Return the path of a container's cgroup."""
    identity = f"{number:032x}{container:032x}"
    return f"/kubepods/burstable/pod{pod_uid(number)}/{identity}"


def log_folder(number: int, name: str, container: str = "amf") -> str:
    """Return the folder of a container's logs."""
    return f"var/log/pods/core_{name}_{pod_uid(number)}/{container}"


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its network namespace, cgroup, command and sockets by inode."""

    namespace: str = HOST
    cgroup: str = "/init.scope"
    command: str = "systemd"
    sockets: Sequence[int] = ()


def endpoint(port: int, inode: int, address: str = "0.0.0.0") -> str:  # noqa: S104
    """Return a line of eps."""
    return f"       0        0 0   10  24   {port}      0 {inode} {address} \n"


def association(  # a line has as many columns
    number: int,
    inode: int,
    *,
    port: int = 3868,
    state: int = 3,
    retransmissions: int = 0,
    paths: Sequence[str] = ("10.0.0.2",),
) -> str:
    """Return a line of assocs."""
    return (
        f"       0        0 2   1   {state}  0    {number}        0        0    0 "
        f"{inode} {port}  38412  10.0.0.1 <-> *{' '.join(paths)} \t   30000    10    10"
        f"   10    0    0        {retransmissions}        1        0   21299   21299\n"
    )


def path(number: int, state: int = 2, address: str = "10.0.0.2") -> str:
    """Return a line of remaddr."""
    return f"{address}  {number} 1 1000 5 0 0 {state}\n"


@dataclass(frozen=True, slots=True)
class Tables:
    """The lines of one network namespace's tables."""

    endpoints: Sequence[str] = ()
    associations: Sequence[str] = ()
    paths: Sequence[str] = ()


@dataclass(slots=True)
class Users:
    """What is on the node; without *stack* SCTP is not in the kernel."""

    processes: dict[int, Process]
    tables: Mapping[str, Tables] = field(default_factory=dict)
    folders: Sequence[str] = ()
    stack: bool = True

    def write(self, root: Path) -> None:
        """Write all of it below *root*."""
        for name in ("var/log/pods", "var/log/containers", *self.folders):
            (root / name).mkdir(parents=True, exist_ok=True)
        namespaces = sorted({p.namespace for p in self.processes.values()})
        for namespace in namespaces:
            folder = root / "namespaces" / namespace
            folder.mkdir(parents=True, exist_ok=True)
            if self.stack:
                _write_tables(folder / "sctp", self.tables.get(namespace, Tables()))
        for pid, process in self.processes.items():
            folder = root / f"proc/{pid}"
            for name in ("ns", "fd"):
                (folder / name).mkdir(parents=True)
            number = 4026531840 + namespaces.index(process.namespace)
            (folder / "ns/net").symlink_to(f"net:[{number}]")
            (folder / "net").symlink_to(f"../../namespaces/{process.namespace}")
            (folder / "comm").write_text(f"{process.command}\n")
            (folder / "cgroup").write_text(f"0::{process.cgroup}\n")
            (folder / "fd/0").symlink_to("/dev/null")
            for fd, inode in enumerate(process.sockets, 1):
                (folder / f"fd/{fd}").symlink_to(f"socket:[{inode}]")
        (root / "proc/version").touch()


def _write_tables(folder: Path, tables: Tables) -> None:
    folder.mkdir()
    (folder / "eps").write_text(EPS + "".join(tables.endpoints))
    (folder / "assocs").write_text(ASSOCS + "".join(tables.associations))
    (folder / "remaddr").write_text(REMADDR + "".join(tables.paths))
