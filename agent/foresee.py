"""The prediction for a node: its files brought together with the simulation."""

from contextlib import ExitStack
from dataclasses import dataclass, replace

from agent.facts import (
    Forecast,
    Gap,
    HelperFact,
    ModuleFacts,
    NextKernel,
    NodeFacts,
    Prediction,
)
from agent.findings import Origin
from agent.host import Host
from agent.kernel import arguments
from agent.predict import Situation, predict
from agent.sources import kernel, modprobe, module
from agent.sources.memory import Memory
from agent.sources.module_tree import HostTree

_HELPER_KEY = "kernel.modprobe"
_OF_NO_MATTER = frozenset({"BOOT_IMAGE", "initrd", "root", "ro", "rw", "quiet"})


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The prediction, and the module's facts with what could not be read.

    *next_module* is the module of the kernel that boots next, None where that is
    the running one.
    """

    prediction: Prediction
    module: ModuleFacts
    next_module: ModuleFacts | None = None


def foresee(host: Host, facts: NodeFacts, memory: Memory) -> Foreseen:
    """Predict with the trees of the running kernel and of the one that boots next."""
    with ExitStack() as stack:
        tree = stack.enter_context(HostTree(host, facts.module.tree, memory))
        now = Situation(
            kernel=facts.kernel,
            system=facts.system,
            modprobe=facts.modprobe,
            boot=facts.boot,
            module=facts.module,
            tree=tree,
            boot_helper=_boot_helper(host, facts),
        )
        boot = _boot_situation(host, now, facts.next, memory, stack)
        prediction = predict(now, boot)
        module_facts, next_module = facts.module, boot.module
        if tree.gaps or _tree_gaps(boot):
            module_facts = _with_gaps(facts.module, tree.gaps)
            next_module = _with_gaps(boot.module, _tree_gaps(boot))
            now = replace(now, module=module_facts)
            prediction = predict(now, replace(boot, module=next_module))
    if boot.tree is tree:
        return Foreseen(_placed(prediction, facts.next), module_facts)
    return Foreseen(_placed(prediction, facts.next), module_facts, next_module)


def _boot_situation(
    host: Host, now: Situation, found: NextKernel, memory: Memory, stack: ExitStack
) -> Situation:
    """Return the situation of the kernel that boots next, *now* if it is the same."""
    running = now.kernel
    if not found.release:
        return now
    same_release = found.release == running.release and not found.root
    split = tuple(arguments.split(found.command_line))
    if same_release and _deciding(split) == _deciding(running.arguments):
        return now
    facts = replace(
        running,
        release=found.release,
        live=False,
        arguments=split,
        command_line=found.command_line,
        arguments_known=True,
        config_sctp=running.config_sctp if same_release else None,
        signatures_enforced=_asked_for(split) or running.signatures_enforced,
    )
    inside = Host(host.root + found.root, live=False) if found.root else host
    module_facts = now.module
    tree = now.tree
    if not same_release:
        module_facts = module.gather(inside, facts, memory)
        tree = stack.enter_context(HostTree(inside, module_facts.tree, memory))
    modprobe_facts = modprobe.gather(
        inside,
        kmod_version=now.system.kmod_version,
        tree=module_facts.tree,
        command_line=found.command_line,
    )
    return replace(
        now, kernel=facts, modprobe=modprobe_facts, module=module_facts, tree=tree
    )


def _deciding(split: tuple[arguments.Argument, ...]) -> list[tuple[str, str | None]]:
    return [(a.key, a.value) for a in split if a.key not in _OF_NO_MATTER]


def _asked_for(split: tuple[arguments.Argument, ...]) -> bool:
    """Tell whether an argument makes the kernel take signed modules only."""
    enforce = arguments.last(split, "module.sig_enforce")
    lockdown = arguments.last(split, "lockdown")
    enforced = enforce is not None and enforce.value not in {"0", "n", "N"}
    return enforced or (lockdown is not None and lockdown.value != "none")


def _boot_helper(host: Host, facts: NodeFacts) -> HelperFact:
    """Return what kernel.modprobe will be: the kernel's default or a sysctl."""
    for key in (_HELPER_KEY, f"sysctl.{_HELPER_KEY}"):
        setting = facts.boot.sysctls.get(key)
        if setting:
            return kernel.helper(host, setting.value, setting.origin)
    origin = Origin("CONFIG_MODPROBE_PATH")
    return kernel.helper(host, facts.kernel.default_helper, origin)


def _tree_gaps(situation: Situation) -> list[Gap]:
    return situation.tree.gaps if isinstance(situation.tree, HostTree) else []


def _with_gaps(facts: ModuleFacts, gaps: list[Gap]) -> ModuleFacts:
    return replace(facts, gaps=tuple(dict.fromkeys((*facts.gaps, *gaps))))


def _placed(prediction: Prediction, found: NextKernel) -> Prediction:
    """Name the menu entry as the place of the arguments of the next boot."""
    if not found.release:
        return prediction
    return replace(
        prediction,
        boot_load=_moved(prediction.boot_load, found.origin),
        boot_autoload=_moved(prediction.boot_autoload, found.origin),
        boot_any_autoload=_moved(prediction.boot_any_autoload, found.origin),
        unrestricted=_moved(prediction.unrestricted, found.origin),
    )


def _moved(forecast: Forecast, place: Origin) -> Forecast:
    causes = tuple(
        replace(cause, evidence=tuple(moved(o, place) for o in cause.evidence))
        for cause in forecast.causes
    )
    entries = tuple(moved(origin, place) for origin in forecast.entries)
    return replace(forecast, causes=causes, entries=entries)


def moved(origin: Origin, place: Origin) -> Origin:
    """Return *origin* at *place* if it is an argument of the running kernel."""
    if origin.path != arguments.PATH:
        return origin
    return Origin(place.path, place.line, origin.text)
