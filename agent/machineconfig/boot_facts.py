"""What a node would be with a merged config applied, after the reboot."""

from dataclasses import replace

from agent.evaluation.next_boot import load_context
from agent.facts import KernelFacts, ModuleFacts, NodeFacts, SystemFacts
from agent.findings import ModuleState
from agent.hostfs.host import Host
from agent.kmod.tree import Health, Tree
from agent.loading.assessment import Assessment
from agent.loading.predict import predict
from agent.machineconfig import unit_files
from agent.machineconfig.advice import selinux_units
from agent.machineconfig.base_node import ASSUMED_TREE, LINKS, Ground
from agent.machineconfig.merge import NodeConfig
from agent.machineconfig.overlay import OverlayHost
from agent.names import CMDLINE, SCTP
from agent.sources import boot, kernel, modprobe, module, system
from agent.sources.cache import Memory

_MODE = 0o644  # of a file without one


def assess(ground: Ground, node_config: NodeConfig) -> Assessment:
    """Return what the node would be as it boots with *node_config* applied."""
    modes = {
        f.path: f.entry.mode.value if f.entry.mode else _MODE for f in node_config.files
    }
    host = OverlayHost(_files(ground, node_config), ground.host, LINKS, modes)
    memory = Memory()
    kernel_facts = kernel.gather(host, memory, live=False, release=ground.release)
    system_facts = _with_units(system.gather(host), node_config)
    module_facts = _module(ground, host, kernel_facts, memory)
    node = NodeFacts(
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
        return _predict(node, host, ASSUMED_TREE)
    with module.open_tree(host, module_facts.tree, kernel_facts, memory) as tree:
        assessment = _predict(node, host, tree)
        if not tree.gaps:
            return assessment
        unread = replace(module_facts, gaps=(*module_facts.gaps, *tree.gaps))
        return _predict(replace(node, module=unread), host, tree)


def _with_units(facts: SystemFacts, node_config: NodeConfig) -> SystemFacts:
    """Return *facts*; what a unit makes of SELinux is not known before it runs."""
    for config, unit in selinux_units(node_config):
        text = f"the unit {unit.name} of {config.name} changes SELinux"
        return replace(facts, selinux=replace(facts.selinux, problem=text))
    return facts


def _files(ground: Ground, node_config: NodeConfig) -> dict[str, bytes | None]:
    """Return all that the daemon, and rpm-ostree for the arguments, would write."""
    files: dict[str, bytes | None] = {f.path: f.data for f in node_config.files}
    for _, unit in node_config.units:
        files |= dict(unit_files.files(unit, ground.host))
    values = (argument.value for _, argument in node_config.kernel_arguments)
    line = " ".join(filter(None, (ground.command_line.strip(), *values)))
    if line:
        files[CMDLINE] = line.encode("utf-8", "replace") + b"\n"
    return files


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


def _predict(node: NodeFacts, host: Host, tree: Tree) -> Assessment:
    then = load_context(host, node, tree)
    return Assessment(node, predict(then, then))
