"""The part of a kernel's module tree that the guest gets, with indexes made for it."""

import lzma
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from tests.vm.cpio import Tree
from tests.vm.kernel import Kernel
from tests.vm.tools import run

MODULES = (
    *("sctp", "sctp_diag", "xt_sctp", "libcrc32c", "udp_tunnel", "ip6_udp_tunnel"),
    *("dummy", "veth", "bridge", "dccp", "inet_diag", "crc32c_generic"),
    *("crc32c_intel", "hmac", "sha1_generic", "md5", "nf_conntrack"),
)
"""Modules of the guest (their dependencies follow); absent ones are left out."""

KEPT = ("modules.order", "modules.builtin", "modules.builtin.modinfo")
FORGED = "opt/modules"
SIGNATURE_MARK = b"~Module signature appended~\n"
SIGNATURE_TRAILER = 12


def module_tree(kernel: Kernel, names: Iterable[str]) -> Tree:
    """Lay out the kernel's configuration, the modules named, and forged ones."""
    tree = Tree()
    tree.file(f"boot/{kernel.config.name}", kernel.config)
    place = f"usr/lib/modules/{kernel.release}"
    with tempfile.TemporaryDirectory(prefix="sctp-vm-modules-") as root:
        folder = Path(root, "lib", "modules", kernel.release)
        lay_out(kernel, names, root=Path(root))
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                relative = path.relative_to(folder)
                tree.file(f"{place}/{relative}", path.read_bytes())
        for name, content in _forged(next(folder.rglob("sctp.ko*"))).items():
            tree.file(f"{FORGED}/{name}", content)
    return tree


def lay_out(kernel: Kernel, names: Iterable[str], *, root: Path) -> None:
    """Copy these modules and all they need below `root`, with indexes of their own."""
    folder = root / "lib" / "modules" / kernel.release
    dependencies = (kernel.modules / "modules.dep").read_text(encoding="utf-8")
    for path in (*closure(dependencies, names), *KEPT):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kernel.modules / path, target)
    run(["depmod", "-b", root, kernel.release])


def closure(dependencies: str, names: Iterable[str]) -> tuple[str, ...]:
    """Paths of the modules called `names` and all they need, out of modules.dep."""
    needs = {}
    for line in dependencies.splitlines():
        path, _, others = line.partition(":")
        needs[path] = others.split()
    wanted = set(names)
    found = [path for path in needs if module_name(path) in wanted]
    return tuple(sorted({*found, *(need for path in found for need in needs[path])}))


def module_name(path: str) -> str:
    """Return what the kernel calls the module in that file."""
    return PurePosixPath(path).name.split(".")[0].replace("-", "_")


def _forged(sctp: Path) -> Mapping[str, bytes]:
    """Make sctp modules without a signature, and with one that does not fit."""
    packed = sctp.suffix == ".xz"
    content = sctp.read_bytes()
    plain = lzma.decompress(content) if packed else content
    forged = {"unsigned": _unsigned(plain), "damaged": _damaged(plain)}
    return {
        f"{kind}/{sctp.name}": (
            lzma.compress(data, check=lzma.CHECK_CRC32) if packed else data
        )
        for kind, data in forged.items()
    }


def _unsigned(module: bytes) -> bytes:
    """Cut what was appended: the signature, its description, and the mark."""
    if not module.endswith(SIGNATURE_MARK):
        raise ValueError("the kernel's sctp module is not signed")
    end = len(module) - len(SIGNATURE_MARK)
    length = int.from_bytes(module[end - 4 : end], "big")
    return module[: end - SIGNATURE_TRAILER - length]


def _damaged(module: bytes) -> bytes:
    """Change one byte of the signature's end, which is the signed digest."""
    position = len(module) - len(SIGNATURE_MARK) - SIGNATURE_TRAILER - 8
    changed = bytes([module[position] ^ 0xFF])
    return module[:position] + changed + module[position + 1 :]
