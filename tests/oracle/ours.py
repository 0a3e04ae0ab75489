"""Our readers and our simulation, made to answer in the words of the real tools."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.facts import Gap, Init
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kernel.arguments import split
from agent.kmod import softdep
from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Directive, Keyword
from agent.kmod.insert import KernelPolicy
from agent.kmod.plan import Step
from agent.kmod.request import Loader
from agent.names import CMDLINE
from agent.sources import boot, modprobe, module_tree
from agent.sources.cache import Memory
from agent.sources.module_tree import HostTree
from tests.oracle.tree import Mode, Node, Request

_SHOWN = (
    *(Keyword.BLACKLIST, Keyword.INSTALL, Keyword.REMOVE, Keyword.ALIAS),
    *(Keyword.OPTIONS, Keyword.SOFTDEP, Keyword.WEAKDEP),
)
"""The order in which modprobe -c prints them."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What we make of a node: configuration, bad lines, and request's plans."""

    configuration: bytes
    bad_lines: tuple[str, ...]
    plans: tuple[tuple[int, bytes], ...]
    gaps: tuple[Gap, ...]


def answer(root: Path, node: Node, version: int) -> Ours:
    """Judge the node under *root* as one with that version of kmod."""
    host = Host(str(root), live=False)
    memory = Memory()
    place = module_tree.directory(host, node.release)
    arguments = (root / "proc/cmdline").read_text("latin-1").strip()
    facts = modprobe.gather(
        host, kmod_version=version, tree=place, command_line=arguments
    )
    ((rules, config),) = facts.configs
    with HostTree(host, place, memory) as tree:
        loader = Loader(config, tree, KernelPolicy(), rules, loaded=set(node.loaded))
        plans = tuple(_planned(loader, request) for request in node.requests)
        gaps = (*facts.gaps, *tree.gaps)
    shown = "".join(_configuration(config))
    bad = tuple(str(line.origin) for line in config.bad_lines)
    return Ours(shown.encode("latin-1"), bad, plans, gaps)


def _configuration(config: ModprobeConfig) -> Iterator[str]:
    for keyword in _SHOWN:
        for directive in config.directives:
            if directive.keyword == keyword:
                yield _shown(directive)


def _shown(directive: Directive) -> str:
    value = directive.value
    match directive.keyword:
        case Keyword.BLACKLIST:
            return f"blacklist {directive.name}\n"
        case Keyword.SOFTDEP:
            value = _softdep(value)
        case Keyword.WEAKDEP:
            value = " ".join(softdep.words(value))
    return f"{directive.keyword} {directive.name} {value}\n"


def _softdep(value: str) -> str:
    """Return what kmod prints, which is not quite what it does.

    The names lie in one buffer; from the first of a kind to the last are shown,
    those of the other kind among them too, and no blank parts the two lists.
    """
    found = list(softdep.kinds_and_names(value))
    shown = ""
    for kind in ("pre:", "post:"):
        places = [at for at, (found_kind, _) in enumerate(found) if found_kind == kind]
        if places:
            names = (name for _, name in found[places[0] : places[-1] + 1])
            shown += f"{kind} {' '.join(names)}"
    return shown


def _planned(loader: Loader, request: Request) -> tuple[int, bytes]:
    """Return the exit status and what a dry run of modprobe prints."""
    hits = loader.lookup(request.name)
    if not hits:
        return 1, b""
    shown = []
    everything = request.mode == Mode.DEPENDS
    for hit in hits:
        known = hit.builtin or loader.in_kernel(hit.module)
        if known and not everything:
            continue
        strict = request.mode == Mode.BLACKLIST or hit.alias is not None
        if strict and loader.config.blacklisted(hit.module):
            continue
        ignore_install = request.mode == Mode.IGNORE_INSTALL
        shown += [
            _step(loader, step)
            for step in loader.plan(hit, ignore_install=ignore_install)
            if everything or not (step.builtin or step.module in loader.loaded)
        ]
    return 0, "".join(shown).encode("latin-1")


def _step(loader: Loader, step: Step) -> str:
    found = loader.config.options(step.module, step.alias)
    options = " ".join(d.value for d in found if d.value)
    if options:
        options += " "
    if step.install:
        return f"install {step.install.value} {options}\n"
    entry = loader.tree.module(step.module)
    if entry:
        return f"insmod {entry.path} {options}\n"
    return f"builtin {step.module}\n" if step.builtin else ""


def boot_names(
    root: Path, node: Node
) -> tuple[tuple[tuple[str, bytes], ...], tuple[Gap, ...]]:
    """Return what we say is loaded at boot, each with its file's path, and gaps."""
    line = node.arguments.decode("latin-1")
    host = Host(str(root), live=False)
    facts = boot.gather(
        host, tuple(split(line)), Init.SYSTEMD, command_line=line, with_run=True
    )
    names = tuple(
        (_source(host, entry.origin), entry.name.encode("latin-1"))
        for entry in facts.entries
    )
    return names, facts.gaps


def _source(host: Host, origin: Origin) -> str:
    if origin.path == CMDLINE:
        return "arguments"
    # systemd names a folder by where its links lead
    folder, name = posixpath.split(origin.path)
    return posixpath.join(host.real_path(folder), name)
