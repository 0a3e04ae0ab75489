"""What the kernel starts first: it finds the node's disks and hands over to systemd."""

import tempfile
from pathlib import Path

from tests.vm.cpio import Tree
from tests.vm.kernel import Kernel
from tests.vm.module_tree import lay_out
from tests.vm.tools import find

MODULES = (
    *("virtio_pci", "virtio_blk", "virtio_net", "ext4", "crc32c_generic"),
    *("overlay", "macvlan"),
)
"""What the disks and the pods need: nothing but SCTP is loaded later."""
COMMANDS = ("sh", "mount", "umount", "modprobe", "switch_root", "cat", "cp")
BROUGHT = "brought"
"""The folder of the second disk whose files a node gets that is told `brought`."""
INIT = f"""#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in {" ".join(MODULES)}; do modprobe "$module"; done
mount -t ext4 -o noatime /dev/vda /node
mount -t ext4 -o ro,noatime /dev/vdb /node/opt/pods
for word in $(cat /proc/cmdline); do
  case $word in {BROUGHT}) cp -a /node/opt/pods/{BROUGHT}/. /node/;; esac
done
umount /proc
umount /sys
mount --move /dev /node/dev
exec switch_root /node /sbin/init
"""


def write(kernel: Kernel, target: Path) -> None:
    """Write the archive for that kernel."""
    tree = Tree()
    for name in ("proc", "sys", "dev", "node"):
        tree.directory(name)
    tree.character_device("dev/console", 5, 1)
    tree.file("bin/busybox", find("busybox"), mode=0o755)
    for name in COMMANDS:
        tree.link(f"bin/{name}", "busybox")
    tree.file("init", INIT.encode(), mode=0o755)
    with tempfile.TemporaryDirectory(prefix="sctp-chain-") as name:
        lay_out(kernel, MODULES, root=Path(name))
        for path in sorted(Path(name).rglob("*")):
            if path.is_file():
                tree.file(str(path.relative_to(name)), path.read_bytes())
    with target.open("wb") as stream:
        tree.write(stream)
