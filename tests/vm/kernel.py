"""Debian kernels, unpacked in the checkout's cache: image, configuration, modules."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.vm import vmlinux
from tests.vm.debian import Archive
from tests.vm.lock import held
from tests.vm.tools import ToolError, run

CACHE = Path(__file__).parents[2] / ".cache" / "vm"
PACKAGES: Mapping[str, str] = {
    "bookworm": r"linux-image-6\.1\.0-\d+-amd64",
    "trixie": r"linux-image-6\.12\.\d+(\+deb\d+)?-amd64",
}
"""Name of the kernel's package for each suite; the highest number is taken.

The cloud flavour does not match: it is not what most nodes run.
"""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One unpacked kernel; `root` holds boot/ and lib/modules/."""

    name: str
    release: str
    root: Path

    @property
    def image(self) -> Path:
        """What the boot loader starts."""
        return self.root / "boot" / f"vmlinuz-{self.release}"

    @property
    def executable(self) -> Path:
        """Return what QEMU starts at once: the image's content, unpacked when asked."""
        path = self.root / "boot" / f"vmlinux-{self.release}"
        with held(path.with_name(f"{path.name}.lock")):
            if not path.exists():
                unfinished = path.with_name(f"{path.name}.part")
                unfinished.write_bytes(vmlinux.unpacked(self.image.read_bytes()))
                unfinished.rename(path)
        return path

    @property
    def config(self) -> Path:
        """The kernel's build configuration."""
        return self.root / "boot" / f"config-{self.release}"

    @property
    def suffix(self) -> str:
        """How the names of its modules end after .ko: empty, or .xz."""
        module = next(self.modules.glob("kernel/net/sctp/sctp.ko*"))
        return module.name.removeprefix("sctp.ko")

    @property
    def modules(self) -> Path:
        """The module tree with all its indexes."""
        return self.root / "lib" / "modules" / self.release


def get(name: str, *, cache: Path = CACHE) -> Kernel:
    """Return the kernel of the suite `name`: from the cache, else from the mirror."""
    record = cache / "kernels" / f"{name}.json"
    with held(record.with_suffix(".lock")):
        if not record.exists():
            _fetch(name, cache, record)
    kernel = _read(name, record)
    if not kernel.image.exists():
        raise ToolError(f"{kernel.image} is gone: remove {record} to fetch it again")
    return kernel


def _read(name: str, record: Path) -> Kernel:
    content = json.loads(record.read_text(encoding="utf-8"))
    return Kernel(name, content["release"], Path(record.parent / content["folder"]))


def _fetch(name: str, cache: Path, record: Path) -> None:
    archive = Archive(name, cache / "apt" / name)
    archive.refresh()
    package = archive.newest(PACKAGES[name])
    release = package.removeprefix("linux-image-")
    folder = cache / "kernels" / name
    shutil.rmtree(folder, ignore_errors=True)
    archive.unpack(package, into=folder)
    if not (folder / "lib").exists():
        (folder / "lib").symlink_to("usr/lib")
    run(["depmod", "-b", folder, release])
    content = {"release": release, "folder": name}
    record.write_text(json.dumps(content), encoding="utf-8")
