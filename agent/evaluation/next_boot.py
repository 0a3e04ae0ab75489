"""The forecasts for a node: its files brought together with the simulation."""

from contextlib import ExitStack
from dataclasses import dataclass, replace

from agent.evaluation.volatile import without_volatile
from agent.facts import (
    BootFacts,
    Gap,
    Init,
    KernelFacts,
    ModuleFacts,
    NextKernel,
    NodeFacts,
)
from agent.findings import Cause, Origin
from agent.hostfs.host import Host
from agent.kernel import arguments
from agent.kmod.tree import Tree
from agent.loading.causes import unreadable_cause
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, LoadForecasts, open_again
from agent.loading.repeated import RepeatedPrediction
from agent.names import CMDLINE
from agent.sources import boot, boot_kernel, helper, modprobe, module, system
from agent.sources.cache import Memory
from agent.sources.module_tree import HostTree

_OF_NO_MATTER = frozenset({"BOOT_IMAGE", "initrd", "root", "ro", "rw", "quiet"})


@dataclass(frozen=True, slots=True)
class NodeForecasts:
    """The forecasts, and the module's facts with what could not be read.

    *next_module* is the module of the kernel that boots next, None where that is
    the running one.
    """

    forecasts: LoadForecasts
    module: ModuleFacts
    next_module: ModuleFacts | None = None


def boot_facts(
    host: Host, entry: NextKernel, kernel_facts: KernelFacts, init: Init
) -> BootFacts:
    """Read modules-load.d and sysctl.d as the next boot will find them."""
    if not entry.release:
        return boot.gather(
            host,
            kernel_facts.arguments,
            init,
            command_line=kernel_facts.command_line,
        )
    words = tuple(arguments.split(entry.command_line))
    inside = _inside(host, entry)
    facts = boot.gather(inside, words, init, command_line=entry.command_line)
    entries = (
        replace(one, origin=_move_origin(one.origin, entry.origin))
        for one in facts.entries
    )
    loads = (
        replace(one, origin=_move_origin(one.origin, entry.origin))
        for one in facts.loads
    )
    return replace(facts, entries=tuple(entries), loads=tuple(loads))


def _inside(host: Host, entry: NextKernel) -> Host:
    """Return the files that the next boot finds."""
    return host.at(entry.root) if entry.root else host


def load_context(host: Host, facts: NodeFacts, tree: Tree) -> LoadContext:
    """Return what forecasts from *facts* depends on, *tree* being the kernel's."""
    return LoadContext(
        kernel=facts.kernel,
        system=facts.system,
        modprobe=facts.modprobe,
        boot=facts.boot,
        module=facts.module,
        tree=tree,
        boot_helper=helper.after_boot(
            host, facts.boot.sysctls, facts.kernel.default_helper, facts.kernel
        ),
    )


def forecast_node(
    host: Host, facts: NodeFacts, memory: Memory, predict: RepeatedPrediction
) -> NodeForecasts:
    """Predict with the trees of the running kernel and of the one that boots next."""
    with ExitStack() as stack:
        tree = stack.enter_context(
            module.open_tree(host, facts.module.tree, facts.kernel, memory)
        )
        now = load_context(host, facts, tree)
        boot = _boot_context(host, now, facts.next, memory, stack)
        boot = _with_empty_run(host, boot, facts.next)
        forecasts = predict(now, boot)
        module_facts, next_module = facts.module, boot.module
        if tree.gaps or _tree_gaps(boot):
            module_facts = _with_gaps(facts.module, tree.gaps)
            next_module = _with_gaps(boot.module, _tree_gaps(boot))
            now = replace(now, module=module_facts)
            forecasts = predict(now, replace(boot, module=next_module))
    forecasts = _with_doubt(_place(forecasts, facts.next), facts.next)
    forecasts = without_volatile(host, facts, forecasts)
    if boot.tree is tree:
        return NodeForecasts(forecasts, module_facts)
    return NodeForecasts(forecasts, module_facts, next_module)


def _boot_context(
    host: Host, now: LoadContext, entry: NextKernel, memory: Memory, stack: ExitStack
) -> LoadContext:
    """Return the context of the kernel that boots next, *now* if it is the same.

    Another deployment brings a system of its own: its tools, its units, its SELinux.
    """
    running = now.kernel
    if not entry.release:
        return now
    same_release = entry.release == running.release and not entry.root
    split = tuple(arguments.split(entry.command_line))
    if same_release and _deciding(split) == _deciding(running.arguments):
        return now
    inside = _inside(host, entry)
    facts = boot_kernel.gather(host, inside, running, entry, memory)
    system_facts = system.gather(inside) if entry.root else now.system
    module_facts, tree = now.module, now.tree
    if not same_release:
        module_facts = module.gather(inside, facts, memory)
        tree = stack.enter_context(
            module.open_tree(inside, module_facts.tree, facts, memory)
        )
    modprobe_facts = modprobe.gather(
        inside,
        kmod_version=system_facts.kmod_version,
        tree=module_facts.tree,
        command_line=entry.command_line,
        needs=[name for name, _ in module_facts.needs],
    )
    return replace(
        now,
        kernel=facts,
        system=system_facts,
        modprobe=modprobe_facts,
        module=module_facts,
        tree=tree,
        boot_helper=helper.after_boot(
            inside, now.boot.sysctls, facts.default_helper, running
        ),
    )


def _with_empty_run(host: Host, boot: LoadContext, entry: NextKernel) -> LoadContext:
    """Return *boot* without the files of /run/modprobe.d, which are gone by then."""
    if not any(s.path.startswith("/run/") for s in boot.modprobe.drop_ins):
        return boot
    modprobe_facts = modprobe.gather(
        _inside(host, entry),
        kmod_version=boot.system.kmod_version,
        tree=boot.module.tree,
        command_line=boot.kernel.command_line,
        needs=[name for name, _ in boot.module.needs],
        with_run=False,
    )
    return replace(boot, modprobe=modprobe_facts)


def _deciding(split: tuple[arguments.Argument, ...]) -> list[tuple[str, str | None]]:
    return [(a.key, a.value) for a in split if a.key not in _OF_NO_MATTER]


def _tree_gaps(context: LoadContext) -> list[Gap]:
    return context.tree.gaps if isinstance(context.tree, HostTree) else []


def _with_gaps(facts: ModuleFacts, gaps: list[Gap]) -> ModuleFacts:
    return replace(facts, gaps=tuple(dict.fromkeys((*facts.gaps, *gaps))))


def _with_doubt(forecasts: LoadForecasts, entry: NextKernel) -> LoadForecasts:
    """Return *forecasts*; a kernel that is not known may do anything after a boot."""
    if not entry.hidden:
        return forecasts
    cause = unreadable_cause(entry.hidden)
    return replace(
        forecasts,
        boot_load=open_again(forecasts.boot_load, cause),
        boot_autoload=open_again(forecasts.boot_autoload, cause),
        boot_any_autoload=open_again(forecasts.boot_any_autoload, cause),
        unrestricted=open_again(forecasts.unrestricted, cause),
    )


def _place(forecasts: LoadForecasts, entry: NextKernel) -> LoadForecasts:
    """Name the menu entry as the place of the arguments of the next boot."""
    if not entry.release:
        return forecasts
    return replace(
        forecasts,
        boot_load=_move_forecast(forecasts.boot_load, entry.origin),
        boot_autoload=_move_forecast(forecasts.boot_autoload, entry.origin),
        boot_any_autoload=_move_forecast(forecasts.boot_any_autoload, entry.origin),
        unrestricted=_move_forecast(forecasts.unrestricted, entry.origin),
        stopped=_move_cause(forecasts.stopped, entry.origin),
    )


def _move_forecast(forecast: Forecast, place: Origin) -> Forecast:
    causes = tuple(filter(None, (_move_cause(c, place) for c in forecast.causes)))
    entries = tuple(_move_origin(origin, place) for origin in forecast.entries)
    return replace(forecast, causes=causes, entries=entries)


def _move_cause(cause: Cause | None, place: Origin) -> Cause | None:
    if cause is None:
        return None
    return replace(
        cause, evidence=tuple(_move_origin(o, place) for o in cause.evidence)
    )


def _move_origin(origin: Origin, place: Origin) -> Origin:
    """Return *origin* at *place* if it is an argument of the running kernel."""
    if origin.path != CMDLINE:
        return origin
    return Origin(place.path, place.line, origin.text)
