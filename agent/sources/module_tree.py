"""A kernel's module directory on the node, asked the way libkmod asks it."""

import os
import re
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.kmod.index import BadIndexError, Index
from agent.kmod.tree import Health, TreeModule
from agent.names import SCTP
from agent.sources import capture, text_index
from agent.sources.cache import Answers, FileIdentity, Memory
from agent.sources.lenient import given_names, list_names
from agent.sources.module_file import inspect
from agent.sources.text_index import TextIndex

_EXACT, _SEARCH = "exact", "search"
_WANTED = (
    *("modules.dep.bin", "modules.alias.bin", "modules.symbols.bin"),
    "modules.builtin.bin",
)
#: Where kmod looks, then where the systems keep them that have no /lib: NixOS while it
#: runs and on its disk, Guix.
_BASES = (
    "/lib/modules",
    "/usr/lib/modules",
    "/run/booted-system/kernel-modules/lib/modules",
    "/nix/var/nix/profiles/system/kernel-modules/lib/modules",
    "/run/booted-system/kernel/lib/modules",
)


def directory(host: Host, release: str) -> str:
    """Return the module directory of kernel *release*, "" if there is none."""
    for base in _BASES:
        path = f"{base}/{release}"
        if release and host.kind(path) == Kind.DIRECTORY:
            return path
    # Of an archive without it, the list of packages may say what is in it.
    in_packages = release and capture.ships_sctp(host, release) is not None
    return f"{_BASES[0]}/{release}" if in_packages else ""


def releases(host: Host) -> tuple[str, ...]:
    """Return the kernels that have a module directory, in byte order."""
    names = {
        name
        for base in _BASES
        for name in given_names(host, base)
        if host.kind(f"{base}/{name}") == Kind.DIRECTORY
    }
    return tuple(sorted(names))


def is_kept_elsewhere(host: Host) -> bool:
    """Tell whether no folder of modules is where this agent looks."""
    return all(host.kind(base) == Kind.NOTHING for base in _BASES)


def newest(host: Host) -> str:
    """Return the kernel of the highest version that has a module directory."""
    return max(releases(host), key=_version, default="")


def _version(release: str) -> list[tuple[int, str]]:
    parts = re.findall(r"\d+|[a-z]+", release.lower())
    return [(int(p), "") if p.isdigit() else (-1, p) for p in parts]


class HostTree:
    """The indexes of one module directory, opened when asked, closed together.

    An answer is remembered as long as the tree is open, and in *memory* as long as the
    index is the same file. What cannot be read becomes a gap, and its answers are those
    of an absent index: whoever asks must look at *gaps* before believing a no. In an
    archive that has just depmod's *lists*, a module file that they name counts as
    *unseen*.
    """

    def __init__(
        self,
        host: Host,
        path: str,
        memory: Memory,
        *,
        unseen: Health = Health.GOOD,
    ) -> None:
        self._host = host
        self._path = path
        self._memory = memory
        self._unseen = unseen
        self._indexes: dict[str, Index | TextIndex | None] = {}
        self._answers: dict[tuple[str, str, str], Any] = {}
        self._by_index: dict[str, Answers] = {}
        self._health: dict[str, Health] = {}
        self._open = ExitStack()
        self._mapped: bool | None = None
        self.lists = text_index.only_lists(host, path)
        self.gaps: list[Gap] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def module(self, name: str) -> TreeModule | None:
        """Return the entry of modules.dep for *name*."""
        line = self._exact("modules.dep.bin", name)
        if line is None:
            return None
        own, _, needs = line.partition(":")
        paths = needs.split()
        return TreeModule(name, self._absolute(own), tuple(map(module_name, paths)))

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the modules whose alias in modules.alias matches *name*."""
        return self._search("modules.alias.bin", name) or ()

    def symbols(self, name: str) -> tuple[str, ...]:
        """Return the modules that export what *name* asks for: `symbol:hook`."""
        if not name.startswith("symbol:"):
            return ()
        return self._search("modules.symbols.bin", name) or ()

    def builtin(self, name: str) -> bool:
        """Tell whether modules.builtin has *name*."""
        return self._exact("modules.builtin.bin", name) is not None

    def builtin_aliases(self, name: str) -> tuple[str, ...] | None:
        """Return what modules.builtin.alias has, None without that index."""
        return self._search("modules.builtin.alias.bin", name)

    def health(self, path: str) -> Health:
        """Return the state of the module file at *path*."""
        if path not in self._health:
            health = inspect(self._host, path, self._memory)
            left_out = self.lists and health == Health.MISSING
            self._health[path] = self._unseen if left_out else health
        return self._health[path]

    def magic(self, path: str) -> str:
        """Return what the module file at *path* was built for, "" if not known."""
        self.health(path)
        return self._memory.magic.get(path, "")

    def has_file(self) -> str:
        """Return an sctp module file that lies where kernels put it, "" if none."""
        folder = f"{self._path}/kernel/net/sctp"
        names = list_names(self._host, folder, self.gaps)
        files = [name for name in names if module_name(name) == SCTP]
        return f"{folder}/{files[0]}" if files else ""

    def _absolute(self, path: str) -> str:
        return path if path.startswith("/") else f"{self._path}/{path}"

    def _exact(self, file: str, name: str) -> str | None:
        value: str | None = self._answer(file, _EXACT, name)
        return value

    def _search(self, file: str, name: str) -> tuple[str, ...] | None:
        values: list[str] | None = self._answer(file, _SEARCH, name)
        return None if values is None else tuple(values)

    def _answer(self, file: str, kind: str, name: str) -> Any:  # noqa: ANN401  # of that kind
        key = (file, kind, name)
        if key not in self._answers:
            self._answers[key] = self._ask(file, kind, name)
        return self._answers[key]

    def _ask(self, file: str, kind: str, name: str) -> Any:  # noqa: ANN401  # of that kind
        index = self._index(file)
        if index is None:
            return None
        memo = self._by_index[file]
        try:
            if (kind, name) not in memo:
                ask = index.exact if kind == _EXACT else index.search
                memo[kind, name] = ask(name)
            return memo[kind, name]
        except BadIndexError as error:
            self._gap(file, str(error))
        except UnseenError as error:
            self._gap(file, error.problem)
        return None

    def _index(self, file: str) -> Index | TextIndex | None:
        if file not in self._indexes:
            self._indexes[file] = self._open_index(file) if self._path else None
        return self._indexes[file]

    def _open_index(self, file: str) -> Index | TextIndex | None:
        self._by_index[file] = {}
        try:
            if self.lists:
                return text_index.load(self._host, self._path, file)
            path = f"{self._path}/{file}"
            reader, status = self._host.reader(path, self._open)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._gap(file, (error.strerror or str(error)).lower())
            return None
        try:
            mapped = self._all_mapped()
            index = Index(reader, mapped=mapped)
        except UnseenError as error:
            self._gap(file, error.problem)
            return None
        except BadIndexError:
            return None  # libkmod does without an index of another format
        identity = FileIdentity.of(status)
        self._by_index[file] = self._memory.answers(path, identity, mapped=mapped)
        return index

    def _all_mapped(self) -> bool:
        """Tell whether libkmod gets all indexes it wants (kmod_load_resources)."""
        if self._mapped is None:
            kinds = (self._host.kind(f"{self._path}/{name}") for name in _WANTED)
            self._mapped = all(kind == Kind.FILE for kind in kinds)
        return self._mapped

    def _gap(self, file: str, problem: str) -> None:
        name = file.removesuffix(".bin") if self.lists else file
        self.gaps.append(Gap(f"{self._path}/{name}", problem))


def module_name(path: str) -> str:
    """Return the canonical module name of a module file's path.

    >>> module_name("kernel/net/ipv6/ip6-udp-tunnel.ko.xz")
    'ip6_udp_tunnel'
    """
    return os.path.basename(path).partition(".")[0].replace("-", "_")
