"""The sctp module: in the kernel, loadable, or missing, and for which kernels."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from agent.facts import Gap, KernelFacts, ModuleFacts
from agent.findings import ModuleState
from agent.hostfs.host import Host
from agent.hostfs.mounts import NOT_GIVEN
from agent.hostfs.values import Kind, UnseenError
from agent.kernel import procfs
from agent.kernel.procfs import LoadedModule
from agent.kmod.tree import Health
from agent.names import IN_KERNEL, SCTP
from agent.sources import capture, captured, module_tree, text_index
from agent.sources.cache import Memory
from agent.sources.kernel_config import is_config
from agent.sources.module_tree import HostTree

_INITSTATE = {"Live": "live", "Loading": "coming", "Unloading": "going"}


def gather(host: Host, kernel: KernelFacts, memory: Memory) -> ModuleFacts:
    """Look for the module in the kernel and on disk."""
    path = module_tree.directory(host, kernel.release)
    gaps: list[Gap] = []
    gaps += _missing_tree(host, kernel, path)
    present = _in_kernel(host, gaps) if kernel.live else ()
    initstate, references = _own_state(host, present) if kernel.live else ("", None)
    others, bootable, without = _other_kernels(host, kernel.release, memory)
    with open_tree(host, path, kernel, memory) as tree:
        entry = tree.module(SCTP)
        health = tree.health(entry.path) if entry else Health.MISSING
        needs = entry.needs if entry else ()
        built_in = tree.builtin(SCTP) or kernel.config_sctp == "y"
        if not (entry or built_in):
            gaps += (gap for gap in kernel.gaps if is_config(gap.path))
            gaps += _gaps_without_list(host, kernel, path) if tree.lists else ()
        facts = ModuleFacts(
            state=ModuleState.UNKNOWN,
            initstate=initstate,
            references=references,
            path=entry.path if entry else "",
            health=health,
            needs=tuple((name, _health(tree, name)) for name in needs),
            unindexed="" if entry or not path else tree.has_file(),
            other_kernels=others,
            kernels_with=bootable,
            kernels_without=without,
            tree=path,
            lists_only=tree.lists and entry is not None,
            was_loaded=kernel.captured and captured.has_module(host, SCTP),
            live_modules=frozenset(m.name for m in present if m.state == "Live"),
            gaps=tuple(gaps + tree.gaps),
        )
    return replace(facts, state=_state(host, kernel, facts, built_in=built_in))


def open_tree(host: Host, path: str, kernel: KernelFacts, memory: Memory) -> HostTree:
    """Open the module directory *path* of *kernel*.

    Whether a module that an archive merely lists is signed is not known.
    """
    unseen = Health.UNKNOWN if kernel.signatures_enforced else Health.GOOD
    return HostTree(host, path, memory, unseen=unseen)


def _missing_tree(host: Host, kernel: KernelFacts, path: str) -> Iterator[Gap]:
    if not kernel.release and (kernel.live or kernel.gaps):
        yield Gap("/lib/modules", "which kernel runs is not known")
    elif kernel.live:
        if not (path or host.gives("/lib/modules")):
            yield Gap("/lib/modules", NOT_GIVEN)
        elif _could_be_elsewhere(host, kernel):
            yield Gap(
                "/lib/modules", "is not there: this system keeps modules elsewhere"
            )
    elif not (capture.holds_programs(host) or _indexed(host, path)):
        missing = f"/lib/modules/{kernel.release}/modules.dep"
        problem = capture.uncollected(host, missing) or "is not among the files"
        yield Gap(missing, problem)
    elif not (path or module_tree.releases(host)):
        yield Gap("/lib/modules", "holds no kernel's modules")


def _could_be_elsewhere(host: Host, kernel: KernelFacts) -> bool:
    """Tell whether this system has modules where nobody looked for them."""
    needs_none = kernel.modular is False or kernel.config_sctp == "y"
    in_kernel = host.kind(IN_KERNEL) == Kind.DIRECTORY
    return module_tree.is_kept_elsewhere(host) and not (needs_none or in_kernel)


def _indexed(host: Host, tree: str) -> bool:
    names = host.listdir(tree).names if tree else ()
    has_index = "modules.dep" in names or "modules.dep.bin" in names
    return has_index or bool(tree and text_index.only_lists(host, tree))


def _gaps_without_list(host: Host, kernel: KernelFacts, tree: str) -> Iterator[Gap]:
    """Yield what hides whether sctp is built in, where no module is listed."""
    path = f"{tree}/modules.builtin"
    says_builtin = kernel.config_sctp or host.kind(path) == Kind.FILE
    if not says_builtin and not (kernel.captured and captured.without_stack(host)):
        yield Gap(path, capture.uncollected(host, path) or "is missing")


def _state(
    host: Host, kernel: KernelFacts, facts: ModuleFacts, *, built_in: bool
) -> ModuleState:
    if facts.initstate:
        return ModuleState.LOADED
    if kernel.live and host.kind(IN_KERNEL) == Kind.DIRECTORY and not facts.gaps:
        return ModuleState.BUILTIN
    if built_in or (kernel.captured and captured.built_in(host, SCTP)):
        return ModuleState.BUILTIN
    if facts.gaps:
        return ModuleState.UNKNOWN
    usable = facts.path and facts.health != Health.MISSING
    return ModuleState.LOADABLE if usable else ModuleState.MISSING


def _in_kernel(host: Host, gaps: list[Gap]) -> tuple[LoadedModule, ...]:
    file = host.read("/proc/modules", limit=1 << 22)
    if file.unseen:
        gaps.append(Gap(file.path, file.problem))
        return ()
    return procfs.modules(file.text)


def _own_state(host: Host, present: tuple[LoadedModule, ...]) -> tuple[str, int | None]:
    """Return the module's initstate and reference count, "" when not loaded."""
    for module in present:
        if module.name == SCTP:
            return _INITSTATE.get(module.state, "unknown"), module.references
    return host.read("/sys/module/sctp/initstate").text.strip(), None


def _health(tree: HostTree, name: str) -> Health:
    if tree.builtin(name):
        return Health.GOOD
    entry = tree.module(name)
    return tree.health(entry.path) if entry else Health.MISSING


def _other_kernels(
    host: Host, release: str, memory: Memory
) -> tuple[tuple[str, ...], ...]:
    """Return other kernels that have sctp, those of them that could boot, and others.

    The others could boot, too.
    """
    with_sctp: list[str] = []
    bootable: list[str] = []
    without: list[str] = []
    for other in module_tree.releases(host):
        if other == release:
            continue
        with suppress(UnseenError):  # of these, only what is known is said
            path = module_tree.directory(host, other)
            with HostTree(host, path, memory) as tree:
                has_it = bool(tree.module(SCTP) or tree.builtin(SCTP))
                if has_it:
                    with_sctp.append(other)
                if not tree.gaps and _bootable(host, other, path):
                    (bootable if has_it else without).append(other)
    return tuple(with_sctp), tuple(bootable), tuple(without)


def _bootable(host: Host, release: str, tree: str) -> bool:
    """Tell whether there is an image: a leftover directory is no kernel."""
    images = (f"/boot/vmlinuz-{release}", f"{tree}/vmlinuz")
    return any(host.kind(path) == Kind.FILE for path in images)
