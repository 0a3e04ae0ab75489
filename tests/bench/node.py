"""A node root with a whole Debian kernel's module tree, for the agent to judge."""

import os
import shutil
from pathlib import Path

from tests.vm import kernel

_FILES = {
    "etc/os-release": 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "etc/modules-load.d/sctp.conf": "sctp\n",
    "usr/lib/modprobe.d/sctp-blacklist.conf": "blacklist sctp\n",
    "etc/modprobe.d/sctp-blacklist.conf": "",
    "usr/lib/modprobe.d/aliases.conf": "alias floppy off\noptions usbhid mousepoll=0\n",
    "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so": "",
}


def build(root: Path) -> Path:
    """Make the root anew; the running kernel's release gets Debian's modules."""
    shutil.rmtree(root, ignore_errors=True)
    for name, text in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "lib").symlink_to("usr/lib")
    library = root / "usr/lib/x86_64-linux-gnu/libkmod.so.2"
    library.symlink_to("libkmod.so.2.4.0")
    (root / "usr/sbin").mkdir()
    shutil.copy("/usr/bin/kmod", root / "usr/sbin/kmod")
    (root / "usr/sbin/modprobe").symlink_to("kmod")
    (root / "sbin").symlink_to("usr/sbin")
    found = kernel.get("bookworm")
    modules = root / "usr/lib/modules"
    modules.mkdir()
    shutil.copytree(found.modules, modules / os.uname().release)
    return root
