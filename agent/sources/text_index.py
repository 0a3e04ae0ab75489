"""depmod's lists for people, for archives that hold nothing else of a module tree.

A live kmod never reads them: it asks the .bin indexes, and finds nothing where
those are missing. So they count offline only, where no index was copied.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator

from agent.hostfs.host import Host
from agent.hostfs.values import Presence
from agent.kmod.glob import matches
from agent.kmod.grammar import canonical
from agent.names import SCTP
from agent.sources import capture

_LIMIT = 1 << 24
_WITH_TUNNELS = (5, 11)
_TUNNELS = (
    "kernel/net/ipv6/ip6_udp_tunnel.ko",
    "kernel/net/ipv4/udp_tunnel.ko",
)
_WILDCARD = re.compile(r"[*?\[\\]")
# MODULE_ALIAS in net/sctp/protocol.c, since Linux 2.6: part of every sctp module.
_OWN_ALIASES = ("net_pf_2_proto_132", "net_pf_10_proto_132")
_OWN_PLACE = re.compile(r"(?:^|/)kernel/net/sctp/sctp\.ko\b")


def only_lists(host: Host, tree: str) -> bool:
    """Tell whether of the module folder *tree* just the lists were copied.

    On a node's own disk, with programs and module files, indexes that are missing
    are missing for its kmod as well.
    """
    if host.live or not tree:
        return False
    names = host.listdir(tree).names
    if not names:
        return capture.ships_sctp(host, posixpath.basename(tree)) is not None
    if "modules.dep" not in names or any(name.endswith(".bin") for name in names):
        return False
    return "kernel" not in names or not capture.holds_programs(host)


class TextIndex:
    """The answers of one index, from pairs of its keys and values."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        self._patterns: list[tuple[str, str, str]] = []
        for key, value in entries:
            self._values.setdefault(key, value)
            self._patterns.append((_WILDCARD.split(key, maxsplit=1)[0], key, value))

    def exact(self, key: str) -> str | None:
        """Return the first value of *key*."""
        return self._values.get(key)

    def search(self, key: str) -> list[str]:
        """Return the values of all keys that match *key* as globs."""
        return [
            value
            for start, pattern, value in self._patterns
            if key.startswith(start) and matches(pattern, key)
        ]


def load(host: Host, tree: str, index: str) -> TextIndex | None:
    """Return the list that *index* (modules.dep.bin ...) is made from, if any.

    Raises UnseenError where the list may be there and cannot be read.
    """
    reader = _READERS.get(index)
    if reader is None:
        return None
    file = host.read(f"{tree}/{index.removesuffix('.bin')}", _LIMIT)
    if file.presence != Presence.ABSENT:
        return TextIndex(reader(file.text))
    if index == "modules.dep.bin":
        return TextIndex(_dependencies(_by_packages(host, tree)))
    if index == "modules.alias.bin":
        return TextIndex(_known_aliases(host, tree))
    return None


def _known_aliases(host: Host, tree: str) -> Iterator[tuple[str, str]]:
    text = host.read(f"{tree}/modules.dep", _LIMIT).text or _by_packages(host, tree)
    if any(_OWN_PLACE.search(line) for line in text.splitlines()):
        yield from ((alias, SCTP) for alias in _OWN_ALIASES)


def _by_packages(host: Host, tree: str) -> str:
    """Return the lines of modules.dep about sctp, as the kernel's package has them.

    Since Linux 5.11 sctp needs the tunnels over UDP (net/sctp/protocol.c).
    """
    release = posixpath.basename(tree)
    if not capture.ships_sctp(host, release):
        return ""
    match = re.match(r"(\d+)\.(\d+)", release)
    numbers = (int(match[1]), int(match[2])) if match else (0, 0)
    needs = [*(_TUNNELS if numbers >= _WITH_TUNNELS else ()), "kernel/lib/libcrc32c.ko"]
    lines = [f"kernel/net/sctp/sctp.ko: {' '.join(needs)}", *(f"{n}:" for n in needs)]
    return "\n".join(lines) + "\n"


def _dependencies(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        path, colon, _ = line.partition(":")
        if colon:
            yield _name(path), line


def _aliases(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match line.split():
            case ["alias", pattern, module]:
                spelling = canonical(pattern)
                if spelling is not None:
                    yield spelling, module.replace("-", "_")
            case _:
                continue


def _builtin(text: str) -> Iterator[tuple[str, str]]:
    yield from ((_name(line), "") for line in text.split())


def _name(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].replace("-", "_")


_READERS = {
    "modules.dep.bin": _dependencies,
    "modules.alias.bin": _aliases,
    "modules.builtin.bin": _builtin,
}
