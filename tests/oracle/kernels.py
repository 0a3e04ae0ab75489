"""Module trees of kernels that do not exist, indexed by the real depmod."""

import lzma
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.oracle.elf import ModuleFile
from tests.vm.tools import run

MODULES = {
    "sctp": ("libcrc32c", "udp_tunnel", "ip6-udp-tunnel"),
    "sctp_diag": ("sctp", "inet_diag"),
    "xt_sctp": (),
    "libcrc32c": (),
    "crc32c_generic": (),
    "crc32c-intel": (),
    "udp_tunnel": (),
    "ip6-udp-tunnel": ("udp_tunnel",),
    "inet_diag": (),
    "dccp": (),
    "dccp_ipv4": ("dccp", "inet_diag"),
    "dummy": (),
}
"""File name without .ko, and the modules whose symbols it uses."""

ALIASES = {
    "sctp": ("net-pf-2-proto-132", "net-pf-10-proto-132"),
    "sctp_diag": ("net-pf-16-proto-4-type-2-132", "net-pf-16-proto-4-type-*-132"),
    "xt_sctp": ("ipt_sctp", "ip6t_sctp"),
    "crc32c_generic": ("crc32c", "crypto-crc32c"),
    "crc32c-intel": ("crc32c", "crypto-crc32c", "cpu:type:x86,*fam*:feature:*0094*"),
    "dccp_ipv4": ("net-pf-2-proto-33-type-6", "net-pf-2-proto-33"),
}
ODD_ALIASES = (
    *("net-pf-*-proto-132", "net-pf-2-proto-132-type-*", "net-pf-[0-9]*-proto-13?"),
    *("net-pf-1[0-9]-proto-132*", "s?tp-alias", "*-alias", "sctp", "dummy0", "s*"),
    *("pci:v*d*sv*", "of:N*T*Cib,sctp*C*", "net-pf-[!2]-proto-132", "Sctp", "sctp-al"),
    *("net-pf-2-proto-132-type-1", "net-pf-2-proto-132-type-5", "foo.bar", "a\\*b"),
    *("net-pf-2-proto-13[2-", "net-pf-2-proto-13]", "net-pf-[a-", "*", "**132"),
)
BUILTIN = ("ipv6", "crc32c-fake", "dummy", "sctp", "libcrc32c", "inet-diag")
TEXTS = ("modules.softdep", "modules.weakdep")
"""What kmod reads as configuration; NAME.made keeps what depmod wrote."""

SOFTDEPS = ("pre: crc32c", "pre: dummy post: sctp_diag", "post: nothing", "pre: sctp")


@dataclass(frozen=True, slots=True)
class Shape:
    """What one module tree is made of."""

    release: str
    modules: dict[str, ModuleFile]
    suffix: str
    order: tuple[str, ...] | None
    builtin: tuple[str, ...]
    builtin_info: tuple[str, ...] | None
    removed: tuple[str, ...]


def shapes(seed: int, count: int) -> Iterator[Shape]:
    """Yield *count* different trees, always the same ones for a seed."""
    chance = random.Random(f"{seed}/kernels")  # noqa: S311  # no secret
    for number in range(count):
        yield _shape(chance, f"6.{number}.0-{chance.randrange(100)}-amd64")


def make(shape: Shape, folder: Path) -> None:
    """Lay out the tree below *folder*/lib/modules and let depmod index it."""
    place = folder / "lib" / "modules" / shape.release
    kernel = place / "kernel"
    kernel.mkdir(parents=True)
    for name, module in shape.modules.items():
        data = module.content()
        path = kernel / f"{name}.ko{shape.suffix}"
        path.write_bytes(lzma.compress(data) if shape.suffix else data)
    if shape.order is not None:
        lines = "".join(f"kernel/{name}.ko\n" for name in shape.order)
        (place / "modules.order").write_text(lines)
    lines = "".join(f"kernel/{name}.ko\n" for name in shape.builtin)
    (place / "modules.builtin").write_text(lines)
    if shape.builtin_info is not None:
        info = "".join(f"{line}\0" for line in shape.builtin_info)
        (place / "modules.builtin.modinfo").write_text(info)
    run(["depmod", "-b", folder, shape.release])
    for name in TEXTS:
        if (place / name).exists():
            (place / f"{name}.made").write_bytes((place / name).read_bytes())
    for name in shape.removed:
        next(iter([*kernel.glob(name), *place.glob(name)])).unlink(missing_ok=True)


def _shape(chance: random.Random, release: str) -> Shape:
    present = [name for name in MODULES if chance.random() < 0.9]
    suffix = chance.choice(["", "", ".xz"])
    order = None
    if chance.random() < 0.7:
        order = tuple(chance.sample(present, chance.randint(1, len(present))))
    removed = []
    if chance.random() < 0.2:
        removed.append(f"{chance.choice(present)}.ko{suffix}")
    if chance.random() < 0.2:
        removed.append(chance.choice(["modules.symbols.bin", "modules.alias.bin"]))
    builtin = tuple(chance.sample(BUILTIN, chance.choice([0, 1, 2, 3])))
    info = None
    if chance.random() < 0.7:
        info = tuple(_builtin_info(chance, builtin))
    modules = {name: _module(chance, name, present) for name in present}
    return Shape(release, modules, suffix, order, builtin, info, tuple(removed))


def _module(chance: random.Random, name: str, present: list[str]) -> ModuleFile:
    aliases = [*ALIASES.get(name, ())]
    if chance.random() < 0.3:
        aliases += chance.choices(ODD_ALIASES, k=chance.randint(1, 3))
    info = [("name", name.replace("-", "_")), *(("alias", text) for text in aliases)]
    if name == "libcrc32c":
        info.append(("softdep", "pre: crc32c"))
    elif chance.random() < 0.1:
        info.append(("softdep", chance.choice(SOFTDEPS)))
    needs = [need for need in MODULES[name] if need in present]
    return ModuleFile(info, [_symbol(name)], [_symbol(need) for need in needs])


def _builtin_info(chance: random.Random, builtin: tuple[str, ...]) -> Iterator[str]:
    for name in [*builtin, *chance.choices(["ipv6", "ghost"], k=1)]:
        spelled = name.replace("-", "_")
        yield f"{spelled}.license=GPL"
        for alias in chance.sample(ODD_ALIASES, chance.randint(0, 2)):
            yield f"{spelled}.alias={alias}"
        if chance.random() < 0.5:
            yield f"{spelled}.alias=net-pf-2-proto-132"


def _symbol(name: str) -> str:
    return f"{name.replace('-', '_')}_hook"
