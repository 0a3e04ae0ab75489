"""Pods as kubelets and runtimes lay them out, each with SCTP sockets, on one guest.

Looks at them with the agent before `ss` is asked, which loads sctp_diag, and prints as
JSON what both say; the tests judge.
"""

import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.vm.guest.child import command, run
from tests.vm.guest.namespace import NEWNET, enter

Json = dict[str, Any]
COUNT, NOBODY = 100, 65534
NEWCGROUP = 0x02000000
AGENT_POD = 5000
CAPBSET_DROP, SYS_PTRACE = 24, 19
SECOND, NAMED = Path("/sys/fs/cgroup"), Path("/run/cgroup1")
LOGS, LINKS = Path("/var/log/pods"), Path("/var/log/containers")
PORT, MULTI_PORT = 38000, 5000
CHILDREN: list[int] = []
OUTPUTS = (Path("/run/look-stdout"), Path("/run/look-stderr"))
LOOK_SECONDS = 120.0
LOOK = ("workloads", "--output=json")
FAST = {
    "rto_initial": 300,
    "rto_min": 200,
    "rto_max": 500,
    "path_max_retrans": 1,
    "hb_interval": 300,
}
NETWORKS = """
ip netns add multi
ip netns add peer
ip link add m0 netns multi type veth peer name p0 netns peer
ip link add m1 netns multi type veth peer name p1 netns peer
ip -n multi addr add 10.0.0.1/24 dev m0
ip -n multi addr add 10.1.0.1/24 dev m1
ip -n peer addr add 10.0.0.2/24 dev p0
ip -n peer addr add 10.1.0.2/24 dev p1
ip -n multi link set m0 up
ip -n multi link set m1 up
ip -n peer link set p0 up
ip -n peer link set p1 up
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a container's cgroup is called, and whether its log has a link."""

    path: str
    links: bool = True


def slice_of(uid: str, quality: str = "-burstable") -> str:
    """Return the slice of a pod under systemd."""
    above = f"kubepods{quality}.slice" if quality else ""
    name = f"kubepods{quality}-pod{uid.replace('-', '_')}.slice"
    return f"kubepods.slice/{above}/{name}"


LAYOUTS: Sequence[tuple[str, Callable[[str, str], Layout]]] = (
    ("containerd", lambda u, c: Layout(f"{slice_of(u)}/cri-containerd-{c}.scope")),
    ("cri-o", lambda u, c: Layout(f"{slice_of(u, '')}/crio-{c}.scope/container")),
    ("docker", lambda u, c: Layout(f"{slice_of(u)}/docker-{c}.scope", links=False)),
    ("cgroupfs", lambda u, c: Layout(f"kubepods/burstable/pod{u}/{c}")),
    ("systemd inside", lambda u, c: Layout(f"{slice_of(u)}/crio-{c}.scope/init.scope")),
    (
        "kind",
        lambda u, c: Layout(
            "kubelet.slice/kubelet-kubepods.slice/"
            f"kubelet-kubepods-pod{u.replace('-', '_')}.slice/cri-containerd-{c}.scope"
        ),
    ),
)


def uid(number: int) -> str:
    """Return a pod's UID: each seventh pod is a static one, with a digest."""
    return (
        f"{number:032x}" if number % 7 == 0 else f"{number:08x}-1b2d-4c3e-8f00-{7:012x}"
    )


def laid_out(number: int, *, first: bool = False) -> Path:
    """Make the cgroup and the logs' folders of a pod; return the cgroup."""
    identity = uid(number)
    container = f"{number:064x}"
    layout = LAYOUTS[number % len(LAYOUTS)][1](identity, container)
    cgroup = (NAMED if first else SECOND) / layout.path
    cgroup.mkdir(parents=True, exist_ok=True)
    (LOGS / f"core_pod-{number}_{identity}/main").mkdir(parents=True)
    if layout.links:
        link = LINKS / f"pod-{number}_core_main-{container}.log"
        link.symlink_to(LOGS / f"core_pod-{number}_{identity}/main/0.log")
    return cgroup


def started(cgroup: Path, work: Callable[[], object]) -> int:
    """Start a process in the cgroup that does *work* and stays; return its PID."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        CHILDREN.append(pid)
        os.close(writing)
        if os.read(reading, 1) != b"!":
            raise RuntimeError(f"process for {cgroup} failed")
        os.close(reading)
        return pid
    try:
        (cgroup / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        kept = work()
        os.write(writing, b"!")
        signal.pause()
        del kept
    finally:
        os._exit(1)


def alone() -> None:
    """Go to a new network namespace with loopback."""
    if ctypes.CDLL(None).unshare(NEWNET) != 0:
        raise OSError("unshare")
    with socket.socket() as asked:
        fcntl.ioctl(asked, 0x8914, struct.pack("16sh14x", b"lo", 0x41))


def sctp(family: int, style: int) -> socket.socket:
    """Return an SCTP socket."""
    return socket.socket(family, style, socket.IPPROTO_SCTP)


def both_ends(number: int) -> list[socket.socket]:
    """Listen one-to-many and connect one-to-one, over IPv4 or IPv6."""
    family, host = (
        (socket.AF_INET6, "::1") if number % 2 else (socket.AF_INET, "127.0.0.1")
    )
    server = sctp(family, socket.SOCK_SEQPACKET)
    server.bind((host, PORT + number))
    server.listen()
    client = sctp(family, socket.SOCK_STREAM)
    client.connect((host, PORT + number))
    return [server, client]


def in_own_namespace(number: int) -> list[socket.socket]:
    """Do that in a new namespace."""
    alone()
    return both_ends(number)


def listening(port: int) -> socket.socket:
    """Listen on loopback, one-to-one."""
    server = sctp(socket.AF_INET, socket.SOCK_STREAM)
    server.bind(("127.0.0.1", port))
    server.listen()
    return server


def many_homed(namespace: str, host: str = "") -> list[socket.socket]:
    """Listen on all addresses there, or associate with them."""
    enter(f"/run/netns/{namespace}")
    for name, value in FAST.items():
        Path("/proc/sys/net/sctp", name).write_text(str(value), encoding="ascii")
    sock = sctp(socket.AF_INET, socket.SOCK_STREAM)
    if host:
        sock.connect((host, MULTI_PORT))
        return [sock]
    sock.bind(("0.0.0.0", MULTI_PORT))  # noqa: S104  # in a namespace of our own
    sock.listen()
    return [sock]


def shell(text: str) -> None:
    """Run commands, one a line; each must succeed."""
    for line in filter(None, text.splitlines()):
        subprocess.run(line.split(), check=True)


def without_ptrace() -> None:
    """Look without CAP_SYS_PTRACE, with all else that root may: an exec takes it."""
    if ctypes.CDLL(None).prctl(CAPBSET_DROP, SYS_PTRACE, 0, 0, 0) != 0:
        raise OSError("prctl")
    argv = [sys.executable, "-S", "-m", "agent", *LOOK]
    os.execv(argv[0], argv)  # noqa: S606  # the agent itself


def in_pod_of_agent() -> None:
    """Go to a pod's cgroup and see the tree of cgroups from there, as containers do."""
    cgroup = (
        SECOND / slice_of(uid(AGENT_POD)) / f"cri-containerd-{AGENT_POD:064x}.scope"
    )
    (cgroup / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    if ctypes.CDLL(None).unshare(NEWCGROUP) != 0:
        raise OSError("unshare")


def looked(*argv: str, before: Callable[[], object] | None = None) -> Json:
    """Return what the agent's command says."""

    def work() -> int:
        if before:
            before()
        return command(argv)

    status, said, error = run(work, OUTPUTS, LOOK_SECONDS)
    document = json.loads(said or b"null")
    return {"status": status, "document": document, "error": error.decode()}


def asked_ss(pid: int) -> list[str]:
    """Return the lines of `ss` in the namespace of a process."""
    ended = subprocess.run(
        ["ss", "--sctp", "--all", "--numeric", "--no-header", "--oneline"],
        check=True,
        capture_output=True,
        preexec_fn=lambda: enter(f"/proc/{pid}/ns/net"),  # one thread
    )
    return ended.stdout.decode().splitlines()


def modules() -> list[str]:
    """Return the loaded modules that have SCTP in their name."""
    text = Path("/proc/modules").read_text(encoding="ascii")
    return re.findall(r"^(\S*sctp\S*) ", text, re.MULTILINE)


def first_version(seen: Json) -> None:
    """Put a pod into a hierarchy of the first version beside the second."""
    NAMED.mkdir()
    shell(f"mount -t cgroup -o none,name=systemd cgroup {NAMED}")
    started(laid_out(COUNT + 3, first=True), lambda: in_own_namespace(COUNT + 3))
    seen["first version"] = Path("/proc/self/cgroup").read_text(encoding="ascii")


def main(_: Sequence[str]) -> None:
    """Lay everything out, look at it, and print what was seen."""
    seen: Json = {}
    LINKS.mkdir(parents=True)
    SECOND.mkdir(exist_ok=True)
    shell(f"mount -t cgroup2 cgroup2 {SECOND}")
    seen["without stack"] = looked(*LOOK)
    seen["modules without stack"] = modules()
    shell("modprobe sctp")
    pids = {
        f"pod-{n}": started(laid_out(n), partial(in_own_namespace, n))
        for n in range(COUNT)
    }
    started(laid_out(COUNT), lambda: both_ends(COUNT))  # with the host's network
    unit = SECOND / "system.slice/frr.service"
    unit.mkdir(parents=True)
    started(unit, lambda: listening(179))
    shell(NETWORKS)
    started(SECOND, lambda: many_homed("peer"))
    pids["multi"] = started(
        laid_out(COUNT + 1), lambda: many_homed("multi", "10.0.0.2")
    )
    first_version(seen)
    time.sleep(2)  # both addresses of the peer have answered by then
    seen["up"] = looked(*LOOK)
    pod = slice_of(uid(AGENT_POD))
    (SECOND / pod / f"cri-containerd-{AGENT_POD:064x}.scope").mkdir(parents=True)
    seen["from inside"] = looked(*LOOK, before=in_pod_of_agent)
    seen["without ptrace"] = looked(*LOOK, before=without_ptrace)
    seen["plain user"] = looked(*LOOK, before=lambda: os.setuid(NOBODY))
    shell("ip -n peer link set p1 down")
    time.sleep(10)
    seen["down"] = looked(*LOOK)
    text = run(lambda: command(["workloads"]), OUTPUTS, LOOK_SECONDS)[1]
    seen["text"] = text.decode()
    seen["check"] = looked("check", "--workloads", "--output=json")
    seen["modules"] = modules()
    pids["host"] = 1
    seen["ss"] = {name: asked_ss(pid) for name, pid in pids.items()}
    seen["modules after ss"] = modules()
    for child in CHILDREN:
        os.kill(child, signal.SIGKILL)
    sys.stdout.write(json.dumps(seen))
