"""The node's operating system: Debian packages, unpacked into a folder.

Their scripts are not run, and no privilege is needed; what those would have set up
and a booting node needs is in `node_root`.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.vm.debian import Archive
from tests.vm.tools import find

SUITE = "bookworm"
PACKAGES = (
    *("base-files", "base-passwd", "bash", "coreutils", "findutils", "dash"),
    *(
        "libc-bin",
        "util-linux",
        "systemd",
        "systemd-sysv",
        "kmod",
        "iproute2",
        "python3",
    ),
    *("podman", "crun", "conmon", "nftables"),
)
NOT_UNPACKED = (
    *("perl", "libperl", "gpg", "gnupg", "dirmngr", "pinentry", "usrmerge"),
    *("debconf", "iptables", "containernetworking-plugins"),
)
"""Dependencies that nothing on this node starts, by how their names begin."""

LEFT_OUT = tuple(
    f"./usr/share/{name}" for name in ("doc", "man", "locale", "info", "zsh", "gnupg")
)


def unpack(folder: Path, *, cache: Path) -> None:
    """Fetch the packages with all they need, and lay their files out (network)."""
    archive = Archive(SUITE, cache)
    archive.refresh()
    _merge_usr(folder)
    for package in _wanted(archive.fetch(PACKAGES)):
        _extract(package, folder)


def _wanted(packages: Iterable[Path]) -> list[Path]:
    return [path for path in packages if not path.name.startswith(NOT_UNPACKED)]


def _merge_usr(folder: Path) -> None:
    """Make the links that a new Debian installation has before its packages."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (folder / "usr" / name).mkdir(parents=True)
        (folder / name).symlink_to(f"usr/{name}")


def _extract(package: Path, folder: Path) -> None:
    # dpkg-deb's own extraction would replace the links of the merged /usr.
    tar = ["tar", "-x", "-C", str(folder), "--keep-directory-symlink"]
    argv = [str(find("dpkg-deb")), "--fsys-tarfile", str(package)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as source:
        subprocess.run(
            [*tar, *(f"--exclude={name}" for name in LEFT_OUT)],
            check=True,
            stdin=source.stdout,
            timeout=300,
        )
    if source.returncode != 0:
        raise OSError(f"{package.name} cannot be read")
