"""The programs that the virtual machine needs from the machine the tests run on."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

DEBIAN_PACKAGES: Mapping[str, str] = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "busybox": "busybox-static",
    "crun": "crun",
    "kmod": "kmod",
    "depmod": "kmod",
    "ethtool": "ethtool",
    "ip": "iproute2",
    "iptables-nft-restore": "iptables",
    "nft": "nftables",
    "dpkg": "dpkg",
    "apt-get": "apt",
    "ldd": "libc-bin",
    "runc": "runc",
    "secilc": "secilc",
    "setpriv": "util-linux",
    "strace": "strace",
    "/lib/systemd/systemd-modules-load": "systemd",
    "/lib/systemd/systemd-sysctl": "systemd",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
"""What must be there, and the Debian package that brings it."""

SEARCH_PATH = os.pathsep.join(
    (os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin")
)


class ToolError(RuntimeError):
    """A program is missing, or it ended with an error."""


def find(name: str) -> Path:
    """Where the program is; system administration folders count as well."""
    found = shutil.which(name, path=SEARCH_PATH)
    if found is None:
        package = DEBIAN_PACKAGES.get(name)
        raise ToolError(f"{name} is missing (Debian package {package})")
    return Path(found)


def missing() -> tuple[str, ...]:
    """One phrase for each thing that is not on this machine."""
    return tuple(
        f"{name} (Debian package {package})"
        for name, package in DEBIAN_PACKAGES.items()
        if not (Path(name).exists() if name.startswith("/") else _on_path(name))
    )


def run(
    argv: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 3600,
) -> str:
    """Return what a program prints; its complaints become the error's text."""
    program, *arguments = map(str, argv)
    path = program if "/" in program else str(find(program))
    common = {**os.environ, "LC_ALL": "C", "PATH": SEARCH_PATH}
    done = subprocess.run(
        [path, *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**common, **(environment or {})},
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=seconds,
    )
    if done.returncode != 0:
        raise ToolError(f"{program} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def sources(folder: Path) -> Iterator[Path]:
    """Yield all files below it but byte code, also where a link leads to a folder."""
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(place, name) for name in sorted(names))


def _on_path(name: str) -> bool:
    return shutil.which(name, path=SEARCH_PATH) is not None
