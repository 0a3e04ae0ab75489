"""Reading everything about a node, in order, each part with its own deadline."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from agent.declared import Declared
from agent.evaluation.next_boot import Foreseen, boot_facts, foresee
from agent.facts import (
    BootFacts,
    Gap,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    NextKernel,
    NodeFacts,
    SystemFacts,
)
from agent.findings import ModuleState, SocketResult
from agent.hostfs.host import Host
from agent.hostfs.mounts import Mounts
from agent.loading.assessment import Assessment
from agent.loading.causes import unreadable_cause
from agent.loading.forecast import LoadForecasts, undecided
from agent.probe.prober import SocketProber
from agent.sources import (
    capture,
    declared,
    kernel,
    modprobe,
    module,
    module_tree,
    next_kernel,
    stack,
    system,
)
from agent.sources.cache import Memory
from agent.threads import Bounded, Overdue

T = TypeVar("T")
_log = logging.getLogger(__name__)
_NAMESPACE = "ns/net"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which node is read and how.

    *root* is the node's file system as seen from here. *offline* judges files
    only, those of *release*, of the kernel that ran when they were taken, or of
    the newest. *allow_autoload* permits a
    socket that makes the kernel load the module. *given* is what of *root* is the
    node's, None for all. *deadline* is in seconds, for each part.
    """

    root: str = "/"
    offline: bool = False
    release: str = ""
    allow_autoload: bool = False
    given: Mounts | None = None
    deadline: float = 2.0
    socket_deadline: float = 20.0


class Gatherer:
    """Gathers the facts of one node again and again."""

    def __init__(self, scope: Scope, prober: SocketProber | None = None) -> None:
        self._scope = scope
        self._prober = prober or SocketProber()
        self._memory = Memory()
        self._stuck: dict[str, Host] = {}  # names what it was reading, by part
        self._gaps: list[Gap] = []
        self._bounded = Bounded()

    def gather(self) -> Assessment:
        """Read the node; what does not answer in time becomes a gap."""
        self._gaps = []
        facts, forecasts = self._forecast(self._with_configuration(self._system()))
        if not self._scope.offline:
            stack_counters = self._part("stack", stack.gather, lambda _: {})
            facts = replace(facts, stack=stack_counters)
        facts = self._with_sockets(facts)
        if _loaded_by_socket(facts):
            facts = replace(facts, module=self._module(facts.kernel))
        return Assessment(replace(facts, gaps=tuple(self._gaps)), forecasts)

    def _system(self) -> NodeFacts:
        live = not self._scope.offline
        kernel_facts = self._part(
            "kernel",
            lambda host: kernel.gather(
                host,
                self._memory,
                live=live,
                release=self._scope.release or _judged(host),
            ),
            lambda gap: KernelFacts(live=live, gaps=(gap,)),
        )
        system_facts = self._part(
            "system", system.gather, lambda gap: SystemFacts(gaps=(gap,))
        )
        module_facts = self._module(kernel_facts)
        return NodeFacts(kernel_facts, system_facts, module=module_facts)

    def _module(self, kernel_facts: KernelFacts) -> ModuleFacts:
        return self._part(
            "module",
            lambda host: module.gather(host, kernel_facts, self._memory),
            lambda gap: ModuleFacts(gaps=(gap,)),
        )

    def _with_configuration(self, facts: NodeFacts) -> NodeFacts:
        modprobe_facts = self._part(
            "modprobe.d",
            lambda host: modprobe.gather(
                host,
                kmod_version=facts.system.kmod_version,
                tree=facts.module.tree,
                command_line=facts.kernel.command_line,
                needs=[name for name, _ in facts.module.needs],
            ),
            lambda gap: ModprobeFacts(gaps=(gap,)),
        )
        found = self._part(
            "boot loader",
            lambda host: next_kernel.gather(host, facts.kernel.arguments),
            lambda gap: NextKernel(gaps=(gap,)),
        )
        configured = self._part(
            "modules-load.d",
            lambda host: boot_facts(host, found, facts.kernel),
            lambda gap: BootFacts(gaps=(gap,)),
        )
        facts = replace(facts, modprobe=modprobe_facts, boot=configured, next=found)
        return replace(facts, declared=self._declared(facts.kernel))

    def _declared(self, kernel_facts: KernelFacts) -> Declared:
        return self._part(
            "MachineConfig",
            lambda host: declared.gather(host, kernel_facts.arguments),
            lambda gap: Declared(problem=gap.problem),
        )

    def _forecast(self, facts: NodeFacts) -> tuple[NodeFacts, LoadForecasts]:
        foreseen = self._part(
            "prediction",
            lambda host: foresee(host, facts, self._memory),
            lambda gap: Foreseen(undecided(unreadable_cause((gap,))), facts.module),
        )
        known = replace(facts, module=foreseen.module, next_module=foreseen.next_module)
        return known, foreseen.forecasts

    def _part(
        self, name: str, work: Callable[[Host], T], missing: Callable[[Gap], T]
    ) -> T:
        """Do one part's work; late or failed, it is *missing* and others go on."""
        host = self._host()
        try:
            result = self._bounded.run(
                name, lambda: work(host), deadline=self._scope.deadline
            )
        except Exception as error:  # noqa: BLE001 - the other parts go on
            _log.exception("reading failed", extra={"part": name})
            gap = Gap(name, f"the agent failed to read it: {error!r}")
        else:
            if not isinstance(result, Overdue):
                return result
            if not result.again:
                self._stuck[name] = host
            gap = _overdue(name, self._stuck[name], self._scope.deadline)
        self._gaps.append(gap)
        return missing(gap)

    def _host(self) -> Host:
        scope = self._scope
        return Host(scope.root, live=not scope.offline, given=scope.given)

    def _with_sockets(self, facts: NodeFacts) -> NodeFacts:
        skipped = _sockets_skipped(facts, self._scope)
        if self._scope.offline:
            return replace(facts, sockets_skipped=skipped)
        host = self._host()
        found = self._bounded.run(
            "sockets",
            lambda: self._prober.run(
                permitted=not skipped,
                host_netns=host.of_init(_NAMESPACE),
                now=time.monotonic(),
            ),
            deadline=self._scope.socket_deadline,
        )
        if not isinstance(found, Overdue):
            return replace(facts, sockets=found, sockets_skipped=skipped)
        late = SocketResult(
            netns="agent",
            family="ipv4",
            style="one-to-one",
            success=False,
            stage="socket",
            error="ETIMEDOUT",
        )
        return replace(facts, sockets=(late,))


def _sockets_skipped(facts: NodeFacts, scope: Scope) -> str:
    """Return why no socket may be opened, "" when one may."""
    if scope.offline:
        return "only files are judged"
    if scope.allow_autoload:
        return ""
    module_facts = facts.module
    if module_facts.state == ModuleState.BUILTIN:
        return ""
    if module_facts.state == ModuleState.LOADED:
        if module_facts.initstate == "live":
            return ""
        return f"the module is {module_facts.initstate}"
    return "sctp is not in the kernel, and a socket might load it"


def _judged(host: Host) -> str:
    """Return the kernel to judge offline: the one that ran, else the newest."""
    if host.live:
        return ""
    return capture.release(host) or module_tree.newest(host)


def _loaded_by_socket(facts: NodeFacts) -> bool:
    """Tell whether a probe that was allowed to has just loaded the module."""
    loadable = facts.module.state == ModuleState.LOADABLE
    return loadable and any(result.success for result in facts.sockets)


def _overdue(name: str, host: Host, deadline: float) -> Gap:
    return Gap(host.reading or name, f"no answer within {deadline:g} s", late=True)
