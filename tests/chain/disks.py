"""The node's two disks: its system, kept in the cache, and the pods that it runs."""

import hashlib
import shlex
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.chain import initramfs, node_root
from tests.chain.machine_config import machine_config_files
from tests.chain.pod import Image, host_folders, podman_run
from tests.chain.workload import Workload
from tests.vm.kernel import CACHE, Kernel
from tests.vm.lock import held
from tests.vm.tools import run

HERE = Path(__file__).parent
FOLDER = CACHE / "chain"
BARRING = "etc/modprobe.d/hardening.conf"
BROUGHT = {BARRING: "install sctp /bin/false\n"}
"""What the third node's files say beyond those of the shipped MachineConfig."""

SYSTEM_SIZE, PODS_SIZE = "1G", "768M"
OPTIONS = ("-q", "-t", "ext4", "-O", "^has_journal", "-E", "lazy_itable_init=1")


def system_disk(kernel: Kernel, pods: tuple[str, ...]) -> Path:
    """Return the system disk; nobody may write to it (network, if it is not there)."""
    disk = FOLDER / f"system-{_key(kernel, pods)}.ext4"
    with held(FOLDER / "lock"):
        if not disk.exists():
            for old in FOLDER.glob("system-*"):
                old.unlink()
            with tempfile.TemporaryDirectory(prefix="sctp-chain-") as name:
                root = Path(name, "root")
                root.mkdir(mode=0o755)
                node_root.lay_node_out(root, kernel, pods, FOLDER / "apt")
                _format(disk, root, SYSTEM_SIZE)
    return disk


def pods_disk(
    disk: Path, workloads: Iterable[Workload], image: Image, rootfs: Path
) -> None:
    """Write what the node is to run: the image's files, and how each pod starts."""
    with tempfile.TemporaryDirectory(prefix="sctp-chain-") as name:
        for workload in workloads:
            folder = Path(name, workload.name)
            folder.mkdir()
            placement = workload.placement
            (folder / "address").write_text(f"{placement.address}\n")
            (folder / "services.nft").write_text(workload.services)
            (folder / "start").write_text(_script(workload, image))
            (folder / "start").chmod(0o755)
        for path, text in BROUGHT.items():
            file = Path(name, initramfs.BROUGHT, path)
            file.parent.mkdir(parents=True)
            file.write_text(text)
        run(["cp", "-a", rootfs, Path(name, "image")])
        _format(disk, Path(name), PODS_SIZE)


def _script(workload: Workload, image: Image) -> str:
    """Start the pod, if the node has the folders: the kubelet looks as well."""
    spec = workload.template["spec"]
    lines = [
        f"test -d {path} || {{ echo {path} is no folder >&2; exit 1; }}"
        for path in map(shlex.quote, host_folders(spec))
    ]
    start = shlex.join(podman_run(spec, workload.placement, image))
    return "\n".join(("#!/bin/sh", "set -e", *lines, f"exec {start}", ""))


def _format(disk: Path, content: Path, size: str) -> None:
    unfinished = disk.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    run(["mke2fs", *OPTIONS, "-d", content, unfinished, size])
    unfinished.rename(disk)


def _key(kernel: Kernel, pods: tuple[str, ...]) -> str:
    """Identify a system by what it is made from: its packages are named, not pinned."""
    described = (kernel.release, pods, machine_config_files())
    digest = hashlib.sha256(repr(described).encode())
    folders = (HERE / "node", node_root.GUEST)
    files = [HERE / name for name in ("disks.py", "node_root.py", "packages.py")]
    files += [path for folder in folders for path in sorted(folder.rglob("*"))]
    for path in files:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
