"""Small nodes: a file system under a folder, with all that the agent asks of one."""

import errno
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import (
    Expectation,
    Finding,
    Report,
    SocketResult,
)
from agent.hostfs.mounts import Mounts
from agent.probe.prober import SocketProber
from agent.report.build import NodeSpec
from tests.indexes import encode

_PATIENCE = 60.0  # seconds: on a busy machine a test is no test of deadlines
RELEASE = os.uname().release  # a live node's kernel is the one that runs here
OTHER_RELEASE = "9.9.9-other"
MODULES = f"/lib/modules/{RELEASE}"
SCTP_KO = f"{MODULES}/kernel/sctp.ko"
ETC, VENDOR = "/etc/modprobe.d", "/lib/modprobe.d"
BOOT = "/etc/modules-load.d/sctp.conf"
CONFIG = f"/boot/config-{RELEASE}"
HELPER = "/proc/sys/kernel/modprobe"
DISABLED = "/proc/sys/kernel/modules_disabled"
ENFORCED = "/sys/module/module/parameters/sig_enforce"
CMDLINE = "/proc/cmdline"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link in place of a file."""

    target: str


@dataclass(frozen=True, slots=True)
class Pipe:
    """A named pipe in place of a file: nobody ever writes into it."""


#: A file's content, a link, or None for no such file. A path that ends in a
#: slash is a folder.
Content = str | bytes | Link | Pipe | None
Files = Mapping[str, Content]

#: What each module needs, in the order of modules.dep.
NEEDS: Mapping[str, Sequence[str]] = {
    "crc32c": (),
    "dummy": (),
    "inet_diag": (),
    "ip6_udp_tunnel": (),
    "libcrc32c": (),
    "sctp": ("ip6_udp_tunnel", "udp_tunnel", "libcrc32c"),
    "sctp_diag": ("sctp", "inet_diag", "ip6_udp_tunnel", "udp_tunnel", "libcrc32c"),
    "udp_tunnel": (),
}
_ALIASES = {
    "net_pf_10_proto_132": ("sctp",),
    "net_pf_2_proto_132": ("sctp",),
    "net_pf_16_proto_4_type_2_132": ("sctp_diag",),
}
_SIGNATURE = b"~Module signature appended~\n"


def elf(*, signed: bool = True) -> bytes:
    """Return the smallest module file: ELF's header and one section header."""
    header = struct.pack(
        "<4sBBB9xHHIQQQIHHHHHH",
        *(b"\x7fELF", 2, 1, 1, 1, 62, 1, 0, 0, 64, 0, 64, 0, 0, 64, 1, 0),
    )
    return header + bytes(64) + (_SIGNATURE if signed else b"")


def module_tree(
    release: str = RELEASE,
    *,
    without: Sequence[str] = (),
    builtin: Sequence[str] = (),
    signed: bool = True,
) -> dict[str, Content]:
    """Return a kernel's module folder: indexes, and a file for each module."""
    base = f"/lib/modules/{release}"
    needs = {k: v for k, v in NEEDS.items() if k not in {*without, *builtin}}
    dep = {
        name: (f"{_ko(name)}: {' '.join(_ko(n) for n in others if n in needs)}",)
        for name, others in needs.items()
    }
    aliases = {name: to for name, to in _ALIASES.items() if to[0] in needs}
    files: dict[str, Content] = {
        f"{base}/{_ko(name)}": elf(signed=signed) for name in needs
    }
    files[f"{base}/modules.dep.bin"] = encode(dep)
    files[f"{base}/modules.alias.bin"] = encode(aliases)
    files[f"{base}/modules.builtin.bin"] = encode(dict.fromkeys(builtin, ("",)))
    files[f"{base}/modules.softdep"] = "softdep libcrc32c pre: crc32c\n"
    return files


def _ko(name: str) -> str:
    return f"kernel/{name}.ko"


def _debian() -> dict[str, Content]:
    """Return the rest of a running Debian 12: kmod 30, systemd 252."""
    return {
        "/usr/bin/kmod": elf(signed=False),
        "/bin": Link("usr/bin"),
        "/lib": Link("usr/lib"),
        "/sbin": Link("usr/sbin"),
        "/usr/bin/true": "",
        "/usr/local/bin/load": "#!/bin/sh\n",  # nobody knows what it does
        "/usr/sbin/modprobe": Link("../bin/kmod"),
        "/usr/lib/os-release": "ID=debian\nPRETTY_NAME='Debian GNU/Linux 12'\n",
        "/etc/os-release": Link("../usr/lib/os-release"),
        "/usr/lib/x86_64-linux-gnu/libkmod.so.2": Link("libkmod.so.2.4.0"),
        "/usr/lib/systemd/libsystemd-core-252.so": "",
        "/usr/lib/systemd/libsystemd-shared-252.so": "",
        "/etc/modprobe.d/": None,
        "/etc/modules-load.d/": None,
        CONFIG: "CONFIG_MODULES=y\nCONFIG_IP_SCTP=m\n"
        'CONFIG_MODPROBE_PATH="/sbin/modprobe"\n',
        "/proc/version": "Linux version 6.1.0\n",
        "/proc/modules": "ext4 913408 1 - Live 0x0000000000000000\n",
        CMDLINE: "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n",
        HELPER: "/sbin/modprobe\n",
        DISABLED: "0\n",
        ENFORCED: "N\n",
    }


def loaded(state: str = "Live") -> dict[str, Content]:
    """Return the kernel's files where sctp is loaded."""
    names = ("libcrc32c", "udp_tunnel", "ip6_udp_tunnel")
    lines = [f"{name} 16384 1 sctp, Live 0x0000000000000000" for name in names]
    lines.append(f"sctp 503808 2 - {state} 0x0000000000000000")
    return {"/proc/modules": "\n".join(lines) + "\n", "/proc/sys/net/sctp/": None}


#: The same as a module that the kernel has without being asked for one.
BUILTIN: Files = {
    **module_tree(builtin=("sctp",)),
    SCTP_KO: None,
    CONFIG: "CONFIG_MODULES=y\nCONFIG_IP_SCTP=y\n",
    "/proc/sys/net/sctp/": None,
}


@dataclass(slots=True)
class Sockets:
    """Answers in place of the kernel, by namespace, family and style."""

    failures: "Failures"
    asked: int = 0

    def __call__(self, family: str, style: str, *, netns: str) -> SocketResult:
        """Return success, or the stage and error that were asked for."""
        self.asked += 1
        answer = self.failures.get((netns, family, style), ("done", ""))
        stage, error, obstacle = (*answer, "")[:3]
        return SocketResult(
            *(netns, family, style, not error, stage, error, 0.002), obstacle=obstacle
        )

    def is_own(self, path: str) -> bool:
        """Say that the host's namespace is another one."""
        return not path

    def enter(self, path: str) -> None:
        """Stay where we are."""

    def enter_fresh(self) -> None:
        """Stay where we are, or fail as the failures' stage says."""
        for stage, error, *_ in self.failures.values():
            if stage == "namespace":
                code = getattr(errno, error)
                raise OSError(code, os.strerror(code))


#: By namespace, family and style: stage, error, and what stands in the way.
Failures = Mapping[tuple[str, str, str], tuple[str, ...]]
_NO_FAILURES: Failures = {}


@dataclass(frozen=True, slots=True)
class Node:
    """A node's files under *root*, to be judged live or as a mounted disk."""

    root: Path

    def path(self, path: str) -> Path:
        """Return where the node's *path* is here."""
        return self.root / path.lstrip("/")

    def change(self, files: Files) -> None:
        """Write, replace or remove files."""
        for path, content in files.items():
            _write(self.path(path), content, folder=path.endswith("/"))

    def report(
        self,
        expectation: Expectation = Expectation.REQUIRED,
        *,
        offline: bool = False,
        release: str = "",
        failures: Failures | None = None,
        allow_autoload: bool = False,
        given: Mounts | None = None,
    ) -> Report:
        """Evaluate the node once; *failures* are those of its sockets."""
        scope = Scope(
            root=str(self.root),
            offline=offline,
            release=release,
            allow_autoload=allow_autoload,
            mounts=given,
            deadline=_PATIENCE,
        )
        return self.evaluator(scope, expectation, failures or {})()

    def evaluator(
        self,
        scope: Scope | None = None,
        expectation: Expectation = Expectation.REQUIRED,
        failures: Failures = _NO_FAILURES,
    ) -> Evaluator:
        """Return what evaluates the node again and again."""
        sockets = Sockets(failures)
        return Evaluator(
            scope or Scope(root=str(self.root), deadline=_PATIENCE),
            NodeSpec("worker-0", expectation),
            prober=SocketProber(probe=sockets, ways=sockets),
        )

    def finding(
        self,
        check: str,
        expectation: Expectation = Expectation.REQUIRED,
        *,
        offline: bool = False,
        failures: Failures | None = None,
    ) -> Finding:
        """Return what one check concludes."""
        report = self.report(expectation, offline=offline, failures=failures)
        return next(c.finding for c in report.checks if c.name == check)


MakeNode = Callable[..., Node]


def build(root: Path, *layers: Files) -> Node:
    """Make a Debian 12 with sctp on disk under *root*, changed by *layers*."""
    files: dict[str, Content] = {**_debian(), **module_tree()}
    for layer in layers:
        files |= layer
    node = Node(root)
    node.change(files)
    return node


def _write(path: Path, content: Content, *, folder: bool) -> None:
    if folder:
        path.mkdir(parents=True, exist_ok=True)
        return
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_fifo() or not isinstance(content, str | bytes):
        path.unlink(missing_ok=True)
    if isinstance(content, Link):
        path.symlink_to(content.target)
        return
    if isinstance(content, Pipe):
        os.mkfifo(path)
        return
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o755 if "/bin/" in str(path) else 0o644)
