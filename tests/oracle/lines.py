"""Random lines of modprobe.d files: mostly sensible, often odd, sometimes broken."""

import random
from collections.abc import Callable

NAMES = (
    *("sctp", "sctp", "sctp", "sctp_diag", "sctp-diag", "libcrc32c", "udp_tunnel"),
    *("ip6_udp_tunnel", "ip6-udp-tunnel", "crc32c_generic", "crc32c", "crc32c-intel"),
    *("dummy", "inet_diag", "dccp", "ipv6", "ghost", "foo.bar", "sctp.ko", "SCTP"),
    *("net-pf-2-proto-132", "net-pf-10-proto-132", "net-pf-2-proto-132-type-1"),
    *("crypto-crc32c", "symbol:sctp_hook", "xt_sctp", "", '"sctp"', "s\\ctp", "off"),
)
PATTERNS = (
    *("s*", "*", "sct?", "s[a-d]tp", "s[!x]tp", "net-pf-*", "net-pf-2-proto-13[0-9]"),
    *("*132*", "[s]ctp", "sctp*diag", "sctp]", "[sctp", "net-pf-[0-9]*-type-*", "?ctp"),
    *("\\\\*", "s[[:alpha:]tp", "[]s]ctp", "sc[^0-9]p", "[s-", "s**p", "[a-z]ctp"),
    "[-s]*",
    *("s[a-\\\\z]tp", "lib*c", "*_diag", "crc32c[-_]*", "net-pf-2-proto-132-type-[15]"),
)
COMMANDS = (
    *("/bin/true", "/bin/false", " /bin/true", "/bin/true # never", "exit 1", "\t:"),
    *("/sbin/modprobe --ignore-install sctp $CMDLINE_OPTS", "echo a\\ b"),
    "true; false",
    *("/bin/true ", "modprobe -i sctp && modprobe sctp_diag", '/bin/sh -c "exit 0"'),
)
OPTIONS = (
    *("no_checksums=1", "no_checksums=banana", "a=1\tb=2", " x", "debug", '"q=1 2"'),
    *("a=b#c", "sctp.no_checksums=1", "\t", "trailing=1 "),
)
SOFTDEPS = (
    *("pre: dummy", "post: sctp_diag", "pre: dummy post: sctp_diag", "pre: ghost", ""),
    *(" pre: dummy", "pre:dummy", "pre:\tdummy  crc32c", "dummy pre: sctp", "post:"),
    *("post: sctp-diag ", "pre: crc32c post: net-pf-2-proto-132", "pre: sctp", "foo"),
    *("pre: a\rb dummy", "pre: [x", "post: dummy pre: libcrc32c post: ghost"),
    "pre:  x",
    *("pre: sctp.ko", "pre: foo.bar", "\tpost: dummy", "pre: dummy\v crc32c"),
)
ODD_BYTES = b"\\\\\0\r\n\x0b\x0c\xa0\xff#[]*?!-_\"' \t$;.:=\x80\xc3"
_BLANKS = (" ", " ", " ", "\t", "  ", " \t ", "\t\t")
_BLOCK_LIMIT = 9


def name(chance: random.Random) -> str:
    """Return the name of a module, an alias, or nonsense."""
    return chance.choice(NAMES)


def pattern(chance: random.Random) -> str:
    """Return a name, or a glob for names."""
    return chance.choice(PATTERNS if chance.random() < 0.35 else NAMES)


def content(chance: random.Random) -> bytes:
    """Return the content of a file: a few lines, well or badly ended."""
    if chance.random() < 0.06:
        return b""
    count = 1 + int(chance.expovariate(0.4))
    lines = [_decorated(chance, _line(chance)) for _ in range(min(count, _BLOCK_LIMIT))]
    end = "\r\n" if chance.random() < 0.07 else "\n"
    data = end.join(lines).encode("latin-1")
    if chance.random() < 0.7:
        data += end.encode()
    if chance.random() < 0.02:
        data = b"\xef\xbb\xbf" + data
    if chance.random() < 0.12:
        data = _disturbed(chance, data)
    if chance.random() < 0.02:
        data = data.rstrip(b"\n") + b"\\"
    return data


def _line(chance: random.Random) -> str:
    def gap() -> str:
        return chance.choice(_BLANKS)

    makers: dict[str, Callable[[], str]] = {
        "blacklist": lambda: name(chance),
        "alias": lambda: pattern(chance) + gap() + _target(chance),
        "install": lambda: pattern(chance) + gap() + chance.choice(COMMANDS),
        "options": lambda: name(chance) + gap() + chance.choice(OPTIONS),
        "softdep": lambda: pattern(chance) + gap() + chance.choice(SOFTDEPS),
        "remove": lambda: name(chance) + gap() + chance.choice(COMMANDS),
        "weakdep": lambda: pattern(chance) + gap() + chance.choice(SOFTDEPS),
    }
    weights = (6, 5, 5, 3, 5, 1, 1)
    word = chance.choices([*makers], weights)[0]
    if chance.random() < 0.1:
        return chance.choice(
            ("", "#", "# blacklist sctp", " # x", "; y", "include /x", "config y")
        )
    rest = makers[word]()
    if chance.random() < 0.03:
        word = chance.choice((word.upper(), f"{word}s", "foo"))
    return word + gap() + rest


def _target(chance: random.Random) -> str:
    return "off" if chance.random() < 0.15 else name(chance)


def _decorated(chance: random.Random, line: str) -> str:
    roll = chance.random()
    if roll < 0.05:
        return chance.choice(_BLANKS) + line
    if roll < 0.1:
        return f"{line}{chance.choice(_BLANKS)}{chance.choice(('', '# why', 'extra'))}"
    if roll < 0.13:
        return f"#{line}"
    if roll < 0.16:
        at = chance.randint(0, len(line))
        return f"{line[:at]}\\\n{line[at:]}"
    if roll < 0.18:
        return f"# joined \\\n{line}"
    if roll < 0.19:
        return f"{line} {'x' * chance.choice((200, 300, 5000))}"
    return line


def _disturbed(chance: random.Random, data: bytes) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randint(0, len(data))
        data = data[:at] + bytes([chance.choice(ODD_BYTES)]) + data[at:]
    return data
