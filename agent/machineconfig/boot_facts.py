"""What a node would be with a merged config applied, after the reboot."""

from dataclasses import replace

from agent.evaluation.next_boot import load_context
from agent.facts import KernelFacts, ModuleFacts, NodeFacts, SystemFacts
from agent.findings import ModuleState
from agent.hostfs.host import Host
from agent.kmod.tree import Health, Tree
from agent.loading.assessment import Assessment
from agent.loading.predict import predict
from agent.machineconfig.advice import selinux_units
from agent.machineconfig.base_node import ASSUMED_TREE, LINKS, Ground
from agent.machineconfig.merge import UNITS, Merged
from agent.machineconfig.overlay import OverlayHost
from agent.names import CMDLINE, SCTP
from agent.sources import boot, kernel, modprobe, module, system
from agent.sources.cache import Memory


def assess(ground: Ground, merged: Merged) -> Assessment:
    """Return what the node would be as it boots with *merged* applied."""
    host = OverlayHost(_written(ground, merged), ground.host, LINKS)
    memory = Memory()
    kernel_facts = kernel.gather(host, memory, live=False, release=ground.release)
    system_facts = _with_units(system.gather(host), merged)
    module_facts = _module(ground, host, kernel_facts, memory)
    found = NodeFacts(
        kernel=kernel_facts,
        system=system_facts,
        modprobe=modprobe.gather(
            host,
            kmod_version=system_facts.kmod_version,
            tree=module_facts.tree,
            command_line=kernel_facts.command_line,
        ),
        boot=boot.gather(
            host,
            kernel_facts.arguments,
            system_facts.service.init,
            command_line=kernel_facts.command_line,
        ),
        module=module_facts,
        next=ground.next,
        sockets_skipped="only files are judged",
    )
    if not ground.real:
        return _predicted(found, host, ASSUMED_TREE)
    with module.open_tree(host, module_facts.tree, kernel_facts, memory) as tree:
        predicted = _predicted(found, host, tree)
        if not tree.gaps:
            return predicted
        unread = replace(module_facts, gaps=(*module_facts.gaps, *tree.gaps))
        return _predicted(replace(found, module=unread), host, tree)


def _with_units(facts: SystemFacts, merged: Merged) -> SystemFacts:
    """Return *facts*; what a unit makes of SELinux is not known before it runs."""
    for config, unit in selinux_units(merged):
        text = f"the unit {unit.name} of {config.name} changes SELinux"
        return replace(facts, selinux=replace(facts.selinux, problem=text))
    return facts


def _written(ground: Ground, merged: Merged) -> dict[str, bytes | None]:
    """Return all that the daemon, and rpm-ostree for the arguments, would write."""
    written: dict[str, bytes | None] = {f.path: f.data for f in merged.files}
    for _, unit in merged.units:
        path = f"{UNITS}/{unit.name}"
        if unit.masked:
            written[path] = None
        elif unit.text:
            written[path] = unit.text.encode("utf-8", "replace")
    added = (argument.value for _, argument in merged.kernel_arguments)
    line = " ".join(filter(None, (ground.command_line.strip(), *added)))
    if line:
        written[CMDLINE] = line.encode("utf-8", "replace") + b"\n"
    return written


def _module(
    ground: Ground, host: Host, kernel_facts: KernelFacts, memory: Memory
) -> ModuleFacts:
    if ground.real:
        return module.gather(host, kernel_facts, memory)
    entry = ASSUMED_TREE.modules[SCTP]
    return ModuleFacts(
        state=ModuleState.LOADABLE,
        path=entry.path,
        health=Health.GOOD,
        needs=tuple((name, Health.GOOD) for name in entry.needs),
    )


def _predicted(found: NodeFacts, host: Host, tree: Tree) -> Assessment:
    then = load_context(host, found, tree)
    return Assessment(found, predict(then, then))
