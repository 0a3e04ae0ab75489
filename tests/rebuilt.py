"""Nodes rebuilt from tests/trees: text files as they are, the rest from node.txt.

A line of node.txt is one of

    merged                      /bin, /lib and /sbin lead into /usr
    kmod VERSION FOLDER         libkmod of that version in FOLDER, with its programs
    systemd VERSION             systemd's library of that version
    program PATH                an executable
    link PATH TARGET            a symbolic link
    kernel RELEASE SUFFIX FOLDER   a module folder; what follows belongs to it
    lists RELEASE SUFFIX FOLDER    the same, of which just modules.dep was copied
    module PATH: NAME...        a module and what it needs
    builtin PATH                a module that is part of the kernel
"""

import gzip
import lzma
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

from tests.indexes import encode
from tests.nodes import Content, Link, Node, elf

_LIBRARIES = {
    25: "3.3",
    28: "3.6",
    29: "3.7",
    30: "4.0",
    31: "4.1",
    33: "5.0",
    34: "5.1",
}
_MERGED = {"/bin": "usr/bin", "/lib": "usr/lib", "/sbin": "usr/sbin"}
_ALIASES = {
    "sctp": ("net_pf_10_proto_132", "net_pf_2_proto_132"),
    "sctp_diag": ("net_pf_16_proto_4_type_2_132",),
}
_PACK: Mapping[str, Callable[[bytes], bytes]] = {
    ".ko": lambda data: data,
    ".ko.gz": gzip.compress,
    ".ko.xz": lzma.compress,
    ".ko.zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


@dataclass(slots=True)
class _Kernel:
    folder: str
    suffix: str
    lists_only: bool
    modules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    builtin: list[str] = field(default_factory=list)


def rebuild(tree: Path, root: Path) -> Node:
    """Make the node that *tree* describes under *root*."""
    shutil.copytree(tree / "files", root, symlinks=True)
    files: dict[str, Content] = {}
    kernels: list[_Kernel] = []
    for line in (tree / "node.txt").read_text().splitlines():
        words = line.partition("#")[0].split()
        if words:
            _apply(words, files, kernels)
    for kernel in kernels:
        files |= _module_folder(kernel)
    node = Node(root)
    node.change(files)
    return node


def _apply(words: list[str], files: dict[str, Content], kernels: list[_Kernel]) -> None:
    match words:
        case ["merged"]:
            files |= {path: Link(target) for path, target in _MERGED.items()}
            files |= {f"/{target}/": None for target in _MERGED.values()}
        case ["kmod", version, folder]:
            library = f"libkmod.so.2.{_LIBRARIES[int(version)]}"
            files[f"{folder}/libkmod.so.2"] = Link(library)
            files["/usr/bin/kmod"] = elf(signed=False)
            files["/usr/sbin/modprobe"] = Link("../bin/kmod")
        case ["systemd", version]:
            files[f"/usr/lib/systemd/libsystemd-shared-{version}.so"] = ""
        case ["program", path]:
            files[path] = elf(signed=False)
        case ["link", path, target]:
            files[path] = Link(target)
        case [("kernel" | "lists") as kind, release, suffix, folder]:
            kernels.append(_Kernel(f"{folder}/{release}", suffix, kind == "lists"))
        case ["module", path, *needs]:
            kernels[-1].modules[path.removesuffix(":")] = tuple(needs)
        case ["builtin", path]:
            kernels[-1].builtin.append(path)
        case _:
            raise ValueError(words)


def _module_folder(kernel: _Kernel) -> dict[str, Content]:
    paths = {_name(path): f"{path}{kernel.suffix}" for path in kernel.modules}
    lines = {
        _name(path): f"{path}{kernel.suffix}: {' '.join(paths[n] for n in needs)}"
        for path, needs in kernel.modules.items()
    }
    base = kernel.folder
    if kernel.lists_only:
        return {f"{base}/modules.dep": "".join(f"{v}\n" for v in lines.values())}
    pack = _PACK[kernel.suffix]
    files: dict[str, Content] = {
        f"{base}/{path}": pack(elf()) for path in paths.values()
    }
    aliases = {a: (n,) for n in paths for a in _ALIASES.get(n, ())}
    builtin = {_name(path): ("",) for path in kernel.builtin}
    files[f"{base}/modules.dep.bin"] = encode({n: (v,) for n, v in lines.items()})
    files[f"{base}/modules.alias.bin"] = encode(dict(sorted(aliases.items())))
    files[f"{base}/modules.symbols.bin"] = encode({})
    files[f"{base}/modules.builtin.bin"] = encode(builtin)
    return files


def _name(path: str) -> str:
    return path.rpartition("/")[2].replace("-", "_")
