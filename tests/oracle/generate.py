"""Random nodes from a seed: the same number gives the same node everywhere."""

import os
import posixpath
import random
from collections.abc import Callable, Sequence

from tests.oracle import lines
from tests.oracle.tree import KERNELS, Entry, Kind, Mode, Node, Request

_PREFIXES = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
_FILES = (
    *("a.conf", "sctp.conf", "sctp-blacklist.conf", "sctp_blacklist.conf", "zz.conf"),
    *("CIS.conf", "B.conf", "modprobe.conf", "10-x.conf", "9-y.conf", "o.alias"),
    *("a.alias", "x.conf~", "x.CONF", ".hid.conf", "c.conf.bak", "README", "é.conf"),
    *("x.conf", ".conf", "l.conf", "\udcff.conf", "mod.conf", "n.conf", "nnn.conf"),
)
_ASKED = (
    *("sctp", "sctp", "sctp_diag", "sctp-diag", "net-pf-2-proto-132", "libcrc32c"),
    *("net-pf-2-proto-132-type-1", "net-pf-10-proto-132", "net-pf-10-proto-132-type-5"),
    *("net-pf-2-proto-132-type-5", "crc32c", "dummy", "ghost", "s", "[x", "x]", "a[b]"),
    *("symbol:sctp_hook", "symbol:ghost", "foo.bar", "sctp.ko", "ipv6", "inet-diag"),
    *("crypto-crc32c", "sctp-alias", "net-pf-2-proto-13[2", "pci:v1d2sv3", "dummy0"),
    *("cpu:type:x86,ven0fam6:feature:,0094,", "of:NfooT<NULL>Cib,sctpCx", "a*b", ""),
)
_ARGUMENTS = (
    *("quiet", "ro", "root=UUID=1-2", "modprobe.blacklist=sctp", "console=ttyS0,9"),
    *("modprobe.blacklist=dccp,sctp", "modprobe.blacklist=sctp-diag,", "sctp.x"),
    *("modprobe.blacklist=sctp_diag", "sctp.no_checksums=1", "sctp.a=b=c"),
    "sctp.a.b=1",
    *('"modprobe.blacklist=sctp dccp"', 'modprobe.blacklist="sctp"', "udp-tunnel.x=1"),
    *('"sctp.a=b c"', 'sctp.a="b c"', "modprobe.blacklist = sctp", "rd.driver=1.2"),
    *("--", "sctp .x=1", ".x=1", "sctp.=1", "sctp.", 'x"y.z=1', '"', "a[b].c=1"),
    *("a].b=1", "modprobe.blacklist", "modprobe.blacklist=", "Modprobe.blacklist=sctp"),
    *("sctp=.1", "sctp.a='b c'", 'sctp.a=1"2 3"', "s\tctp.y=1", '"sctp.a=\tb"'),
    "modprobe.other=1",
)
_BOOT_ARGUMENTS = (
    *("quiet", "modules_load=sctp", "modules-load=sctp,dummy", "rd.modules_load=dccp"),
    *('modules_load="a b,c"', "modules_load=", "modules_load", "modules_load=,sctp,,x"),
    *("MODULES_LOAD=x", "xmodules_load=x", '"modules_load=q r"', "modules.load=x"),
    *("--", "modules_load=sctp modules_load=sctp", "modules_load=sctp-diag"),
    "init=/x",
    *("modules_load=a=b", "modules_load='s t'", "modules_load=a\\b"),
    'modules"_load=x"',
    *('modules_load=a"b c"d', "modules_load=x;y", "rd.modules-load=x", "'", '"'),
)
_MODES = (Mode.PLAN,) * 3 + (Mode.BLACKLIST,) * 2 + (Mode.DEPENDS,) * 2
_LOADABLE = ("sctp", "libcrc32c", "udp_tunnel", "dummy", "crc32c_generic", "inet_diag")


def kmod_node(seed: int, number: int, releases: Sequence[str]) -> Node:
    """Return node *number*: modprobe.d files, and requests for modprobe."""
    chance = _chance(seed, number)
    entries = list(_folders(chance, "modprobe.d", lines.content))
    release = chance.choice(releases)
    for name in ("modules.softdep", "modules.weakdep"):
        if chance.random() < 0.4:
            path = f"{KERNELS}/{release}/{name}"
            entries.append(Entry(path, lines.content(chance)))
    loaded = _some(chance, _LOADABLE, 0.1, 2)
    return Node(
        entries=tuple(entries),
        merged=chance.random() < 0.7,
        release=release,
        arguments=_arguments(chance),
        loaded=tuple(loaded),
        requests=tuple(_requests(chance)),
    )


def boot_node(seed: int, number: int) -> Node:
    """Return node *number* of another kind: with modules-load.d files."""
    chance = _chance(seed, -1 - number)
    entries = _folders(chance, "modules-load.d", _names)
    words = _some(chance, _BOOT_ARGUMENTS, 0.4, 4)
    arguments = chance.choice((" ", " ", "  ", "\t")).join(words).encode("latin-1")
    merged = chance.random() < 0.7
    return Node(entries=tuple(entries), merged=merged, arguments=arguments)


def _chance(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed}/{number}")  # noqa: S311  # no secret


def _folders(
    chance: random.Random, folder: str, content: Callable[[random.Random], bytes]
) -> list[Entry]:
    entries = []
    used: list[str] = []
    for prefix in _PREFIXES:
        path = f"{prefix}/{folder}"
        roll = chance.random()
        if roll < 0.02:
            kind = chance.choice((Kind.FILE, Kind.LINK))
            target = f"{chance.choice(_PREFIXES)}/{folder}".encode()
            data = content(chance) if kind == Kind.FILE else target
            entries.append(Entry(path, data, kind))
        elif roll < 0.55:
            for _ in range(chance.choice((1, 1, 2, 3))):
                again = bool(used) and chance.random() < 0.4
                name = chance.choice(used if again else _FILES)
                used.append(name)
                entries += _file(chance, f"{path}/{name}", content)
    return entries


def _file(
    chance: random.Random, path: str, content: Callable[[random.Random], bytes]
) -> list[Entry]:
    roll = chance.random()
    if roll < 0.8:
        return [Entry(path, content(chance))]
    if roll < 0.84:
        return [Entry(path, b"/dev/null", Kind.LINK)]
    if roll < 0.88:
        return [Entry(path, b"", Kind.FOLDER)]
    if roll < 0.92:
        dead = (b"nowhere", b"/nowhere/at/all", os.fsencode(posixpath.basename(path)))
        return [Entry(path, chance.choice(dead), Kind.LINK)]
    if roll < 0.925:
        return [Entry(path, b"", Kind.SOCKET)]
    up = "../" * chance.randint(0, 12)
    places = ("/opt/vendor.txt", f"{up}opt/vendor.txt", "/opt/chain", f"{up}opt/dir")
    return [
        Entry(path, chance.choice(places).encode(), Kind.LINK),
        Entry("/opt/vendor.txt", content(chance)),
        Entry("/opt/chain", b"vendor.txt", Kind.LINK),
        Entry("/opt/dir", b"", Kind.FOLDER),
    ]


def _arguments(chance: random.Random) -> bytes:
    words = _some(chance, _ARGUMENTS, 0.5, 4)
    return chance.choice((" ", " ", "  ", "\t")).join(words).encode("latin-1")


def _requests(chance: random.Random) -> list[Request]:
    asked = []
    for _ in range(chance.choice((2, 3, 4))):
        mode = chance.choice(_MODES)
        if chance.random() < 0.05:
            mode = Mode.IGNORE_INSTALL
        name = chance.choice(_ASKED)
        if chance.random() < 0.2:
            name = lines.name(chance)
        asked.append(Request(mode, name))
    return asked


def _names(chance: random.Random) -> bytes:
    """Return the content of a modules-load.d file."""
    ends = ("\n", "\n", "\n", "\r\n", "\r", "\0", "\n\n", "\0\n", "\n\r")
    text = "".join(
        chance.choice(("", "", "", " ", "\t", "#", ";", " # ", "-", "\v"))
        + lines.name(chance)
        + chance.choice(("", "", "", " ", "\t", " # x", " dccp", "\\", "\xa0", "é"))
        + chance.choice(ends)
        for _ in range(chance.randint(0, 4))
    )
    return (text[:-1] if chance.random() < 0.3 else text).encode("latin-1")


def _some(
    chance: random.Random, pool: Sequence[str], likely: float, most: int
) -> list[str]:
    if chance.random() > likely:
        return []
    return chance.choices(pool, k=chance.randint(1, most))
