"""The node's root file system, complete: what its first boot finds."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.chain import packages
from tests.chain.machine_config import machine_config_files
from tests.vm.kernel import Kernel
from tests.vm.module_tree import lay_out
from tests.vm.tools import run

HERE = Path(__file__).parent
GUEST = HERE.parent / "vm" / "guest"
MODULES = (
    *("sctp", "sctp_diag", "xt_sctp", "libcrc32c", "overlay", "macvlan", "dummy"),
    *("virtio_pci", "virtio_blk", "virtio_net", "ext4", "crc32c_generic"),
    *("hmac", "sha1_generic", "md5"),
    *("nf_tables", "nf_conntrack", "nf_nat", "nft_chain_nat", "nft_ct", "nft_nat"),
    "nft_numgen",
)
MASKED = (
    *("getty.target", "systemd-logind.service", "systemd-user-sessions.service"),
    *("systemd-journal-flush.service", "systemd-random-seed.service"),
    *("systemd-update-utmp.service", "systemd-update-utmp-runlevel.service"),
    *("systemd-firstboot.service", "systemd-hwdb-update.service"),
    *("systemd-machine-id-commit.service", "systemd-pcrphase.service"),
    "systemd-pcrphase-sysinit.service",
    *("dev-hugepages.mount", "dev-mqueue.mount"),
    *("sys-kernel-debug.mount", "sys-fs-fuse-connections.mount"),
    *("modprobe@configfs.service", "modprobe@drm.service"),
    *("modprobe@fuse.service", "modprobe@dm_mod.service", "modprobe@loop.service"),
    *("modprobe@efi_pstore.service", "systemd-pstore.service", "timers.target"),
    *("systemd-ask-password-wall.path", "systemd-ask-password-console.path"),
)
"""Units that tell nothing about SCTP and take seconds under emulation."""

FOLDERS = (
    *("proc", "sys", "dev", "run", "root", "tmp", "opt/pods", "var/tmp"),
    *("usr/local/lib", "etc/cni"),
)
FILES: Mapping[str, str] = {
    "etc/hostname": "worker-0\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/machine-id": "5c7b0132000000000000000000000132\n",
    "etc/fstab": "",
    "etc/systemd/journald.conf": "[Journal]\nStorage=volatile\n",
    "etc/containers/containers.conf": (
        '[containers]\nlog_driver = "k8s-file"\n'
        '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n'
        'runtime = "crun"\n'
    ),
    "etc/containers/policy.json": '{"default": [{"type": "reject"}]}\n',
    "opt/vm/preload.json": "[]\n",
}


def lay_node_out(
    root: Path, kernel: Kernel, pods: tuple[str, ...], cache: Path
) -> None:
    """Fill the empty folder `root` (network, unless the cache has it all)."""
    packages.unpack(root, cache=cache)
    _configure(root)
    _enable(root, pods)
    lay_out(kernel, MODULES, root=root)
    (root / "boot").mkdir(exist_ok=True)
    shutil.copyfile(kernel.config, root / "boot" / kernel.config.name)
    guest = root / "opt" / "guest" / "tests" / "vm" / "guest"
    shutil.copytree(GUEST, guest, ignore=shutil.ignore_patterns("__pycache__"))
    _compile(root)


def _compile(root: Path) -> None:
    """Let the node's Python compile what its guest program imports: boots are short."""
    code = "import sys; sys.path.insert(0, '/opt/guest'); import tests.vm.guest.server"
    run(["chroot", root, "python3", "-S", "-c", code])


def _configure(root: Path) -> None:
    """Do what installing would have done beyond unpacking."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("passwd", "group"):
        master = root / "usr" / "share" / "base-passwd" / f"{name}.master"
        shutil.copyfile(master, root / "etc" / name)
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for path, content in machine_config_files().items():
        (root / path).write_bytes(content)
    for path, target in {"var/run": "/run", "var/lock": "/run/lock"}.items():
        shutil.rmtree(root / path, ignore_errors=True)
        (root / path).symlink_to(target)
    shutil.copytree(HERE / "node", root, dirs_exist_ok=True)


def _enable(root: Path, pods: tuple[str, ...]) -> None:
    units = root / "etc" / "systemd" / "system"
    for name in MASKED:
        (units / name).symlink_to("/dev/null")
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "guest.service").symlink_to("/etc/systemd/system/guest.service")
    for pod in pods:
        link = wants / f"pod@{pod}.service"
        link.symlink_to("/etc/systemd/system/pod@.service")
