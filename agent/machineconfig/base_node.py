"""What MachineConfigs are put on: the files of a real node, or assumed ones."""

from dataclasses import dataclass

from agent.facts import NextKernel
from agent.hostfs.host import Host
from agent.kmod.tree import StaticTree, TreeModule
from agent.machineconfig.overlay import OverlayHost
from agent.names import CMDLINE, SCTP
from agent.sources import kernel, module_tree, next_kernel
from agent.sources.cache import Memory

LINKS = {"/bin": "/usr/bin", "/lib": "/usr/lib", "/sbin": "/usr/sbin"}
_NEEDS = ("libcrc32c", "udp_tunnel", "ip6_udp_tunnel")
_MODULES = "/lib/modules/assumed/kernel/net/sctp"

#: What every node is assumed to have where none is given: RHCOS with the package
#: kernel-modules-extra, which ships the module and denies it.
VENDOR_FILES = {
    "/etc/modprobe.d/sctp-blacklist.conf": b"blacklist sctp\n",
    "/etc/modprobe.d/sctp_diag-blacklist.conf": b"blacklist sctp_diag\n",
}
_ASSUMED_FILES = {
    **VENDOR_FILES,
    CMDLINE: b"\n",
    "/usr/lib/os-release": b"ID=rhcos\nPRETTY_NAME='RHCOS (assumed)'\n",
    "/etc/selinux/config": b"SELINUX=enforcing\nSELINUXTYPE=targeted\n",
    "/usr/sbin/modprobe": b"\x7fELF",
    "/usr/bin/true": b"\x7fELF",
    "/usr/bin/false": b"\x7fELF",
    "/usr/lib/systemd/system/modprobe@.service": b"[Service]\nType=oneshot\n"
    b"ExecStart=-/sbin/modprobe -abq %i\n",
}
ASSUMED_TREE = StaticTree(
    modules={
        SCTP: TreeModule(SCTP, f"{_MODULES}/sctp.ko.xz", _NEEDS),
        "sctp_diag": TreeModule(
            "sctp_diag", f"{_MODULES}/sctp_diag.ko.xz", (SCTP, *_NEEDS)
        ),
        **{name: TreeModule(name, f"{_MODULES}/{name}.ko.xz") for name in _NEEDS},
    },
    alias_table={
        "net_pf_2_proto_132": (SCTP,),
        "net_pf_10_proto_132": (SCTP,),
    },
)


@dataclass(frozen=True, slots=True)
class Ground:
    """The node without any MachineConfig of the input.

    *release* is the kernel that it boots next with *command_line*, *next* what its
    boot loader says of that. *real* is false for the assumed node. *words* say for
    people what is judged.
    """

    host: Host
    release: str
    command_line: str
    next: NextKernel
    real: bool
    words: str


def assumed_node() -> Ground:
    """Return the node that is judged where none is given."""
    files = " and ".join(VENDOR_FILES)
    words = (
        "on an assumed node: RHCOS whose kernel has the sctp module, denied by "
        f"{files}, with SELinux as shipped (--root DIR takes a real one)"
    )
    host = OverlayHost(_ASSUMED_FILES, None, LINKS)
    next_boot = NextKernel(note="an assumed node has one kernel")
    return Ground(host, "", "", next_boot, real=False, words=words)


def real(root: str, release: str = "") -> Ground:
    """Return the node whose file system is at *root*, as it boots next.

    *release* is its kernel, "" for what its boot loader starts, else the newest.
    """
    host = Host(root, live=False)
    facts = kernel.gather(host, Memory(), live=False)
    running = next_kernel.Running(facts.arguments, facts.release)
    next_boot = next_kernel.gather(host, running)
    command_line = next_boot.command_line if next_boot.release else facts.command_line
    if next_boot.root:  # another deployment (ostree) has an /etc and a /usr of its own
        host = Host(host.root + next_boot.root, live=False)
    release = release or next_boot.release or module_tree.newest(host)
    words = f"on top of the files in {host.root}, kernel {release or 'not known'}"
    return Ground(host, release, command_line, next_boot, real=True, words=words)
