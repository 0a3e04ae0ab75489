"""Reading everything about a node, in order, each part with its own deadline."""

import time
from dataclasses import dataclass, replace

from agent.declared import Declared
from agent.evaluation.next_boot import NodeForecasts, boot_facts, forecast_node
from agent.evaluation.parts import Parts
from agent.evaluation.permission import loaded_by_socket, why_no_socket
from agent.facts import (
    BootFacts,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    NextKernel,
    NodeFacts,
    SystemFacts,
)
from agent.findings import SocketResult
from agent.gaps import Change
from agent.hostfs.host import Host
from agent.hostfs.mounts import Mounts
from agent.hostfs.values import UnseenError
from agent.hostfs.watches import Watches
from agent.loading.assessment import Assessment
from agent.loading.causes import unreadable_cause
from agent.loading.forecast import LoadForecasts, unknown_forecasts
from agent.loading.repeated import RepeatedPrediction
from agent.probe.prober import Results, SocketProber
from agent.sources import (
    capture,
    changes,
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
from agent.threads import Bounded, NoThreadError, Overdue

_NAMESPACE = "ns/net"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which node is read and how.

    *root* is the node's file system as seen from here. *offline* judges files
    only, those of *release*, of the kernel that ran when they were taken, or of
    the newest. *allow_autoload* permits a
    socket that makes the kernel load the module. *mounts* is what of *root* is the
    node's, None for all. *deadline* is in seconds, for each part; for *patience*
    seconds the last answer stands in for a late one. What is read is among *watches*.
    """

    root: str = "/"
    offline: bool = False
    release: str = ""
    allow_autoload: bool = False
    mounts: Mounts | None = None
    deadline: float = 2.0
    patience: float = 0.0
    socket_deadline: float = 20.0
    watches: Watches | None = None


class Gatherer:
    """Gathers the facts of one node again and again."""

    def __init__(self, scope: Scope, prober: SocketProber | None = None) -> None:
        self._scope = scope
        self._prober = prober or SocketProber()
        self._memory = Memory()
        self._predict = RepeatedPrediction()
        self._parts = Parts(
            self._host, deadline=scope.deadline, patience=scope.patience
        )
        self._bounded = Bounded()

    def gather(self) -> Assessment:
        """Read the node; what does not answer in time becomes a gap."""
        self._parts.begin()
        if self._scope.watches:
            self._scope.watches.next_round()
        facts, forecasts = self._forecast(self._with_configuration(self._system()))
        if not self._scope.offline:
            stack_counters = self._parts.read("stack", stack.gather, lambda _: {})
            facts = replace(facts, stack=stack_counters)
        facts = self._with_sockets(replace(facts, changed=self._latest_change(facts)))
        if loaded_by_socket(facts):
            facts = replace(facts, module=self._module(facts.kernel))
        gaps, old = tuple(self._parts.gaps), tuple(self._parts.old)
        return Assessment(replace(facts, gaps=gaps, old=old), forecasts)

    def _system(self) -> NodeFacts:
        live = not self._scope.offline
        kernel_facts = self._parts.read(
            "kernel",
            lambda host: kernel.gather(
                host,
                self._memory,
                live=live,
                release=self._scope.release or _release(host),
            ),
            lambda gap: KernelFacts(live=live, gaps=(gap,)),
        )
        system_facts = self._parts.read(
            "system", system.gather, lambda gap: SystemFacts(gaps=(gap,))
        )
        module_facts = self._module(kernel_facts)
        return NodeFacts(kernel_facts, system_facts, module=module_facts)

    def _module(self, kernel_facts: KernelFacts) -> ModuleFacts:
        return self._parts.read(
            "module",
            lambda host: module.gather(host, kernel_facts, self._memory),
            lambda gap: ModuleFacts(gaps=(gap,)),
            basis=replace(kernel_facts, boot_time=None),
        )

    def _with_configuration(self, facts: NodeFacts) -> NodeFacts:
        modprobe_facts = self._parts.read(
            "modprobe.d",
            lambda host: modprobe.gather(
                host,
                kmod_version=facts.system.kmod_version,
                tree=facts.module.tree,
                command_line=facts.kernel.command_line,
                needs=[name for name, _ in facts.module.needs],
                with_run=host.live,
            ),
            lambda gap: ModprobeFacts(gaps=(gap,)),
            basis=(facts.system.kmod_version, facts.module.tree, facts.module.needs),
        )
        running = next_kernel.Running(
            facts.kernel.arguments, facts.kernel.release, facts.module.differing
        )
        next_entry = self._parts.read(
            "boot loader",
            lambda host: next_kernel.gather(host, running),
            lambda gap: NextKernel(gaps=(gap,)),
            basis=running,
        )
        boot = self._parts.read(
            "modules-load.d",
            lambda host: boot_facts(
                host, next_entry, facts.kernel, facts.system.service.init
            ),
            lambda gap: BootFacts(gaps=(gap,)),
            basis=(next_entry, facts.kernel.arguments, facts.system.service.init),
        )
        facts = replace(facts, modprobe=modprobe_facts, boot=boot, next=next_entry)
        return replace(facts, declared=self._declared(facts.kernel))

    def _declared(self, kernel_facts: KernelFacts) -> Declared:
        return self._parts.read(
            "MachineConfig",
            lambda host: declared.gather(host, kernel_facts.arguments),
            lambda gap: Declared(problem=gap.problem, cause=gap.cause),
            basis=kernel_facts.arguments,
        )

    def _forecast(self, facts: NodeFacts) -> tuple[NodeFacts, LoadForecasts]:
        forecast = self._parts.read(
            "forecast",
            lambda host: forecast_node(host, facts, self._memory, self._predict),
            lambda gap: NodeForecasts(
                unknown_forecasts(unreadable_cause((gap,))), facts.module
            ),
            basis=_deciding(facts),
        )
        module_facts = replace(forecast.module, references=facts.module.references)
        facts = replace(facts, module=module_facts, next_module=forecast.next_module)
        return facts, forecast.forecasts

    def _latest_change(self, facts: NodeFacts) -> Change | None:
        """Return what was written last; what is late here decides nothing."""
        host = self._host()
        try:
            change = self._bounded.run(
                "changes",
                lambda: changes.gather(host, facts),
                deadline=self._scope.deadline,
            )
        except (NoThreadError, UnseenError):
            return None
        return None if isinstance(change, Overdue) else change

    def _host(self) -> Host:
        scope = self._scope
        live, watches = not scope.offline, scope.watches
        return Host(scope.root, live=live, mounts=scope.mounts, watches=watches)

    def _with_sockets(self, facts: NodeFacts) -> NodeFacts:
        skipped = why_no_socket(
            facts.module,
            offline=self._scope.offline,
            allow_autoload=self._scope.allow_autoload,
        )
        if self._scope.offline:
            return replace(facts, sockets_skipped=skipped)
        try:
            results = self._try_sockets(self._host(), permitted=not skipped)
        except NoThreadError as error:
            return replace(facts, sockets_skipped=f"{error.strerror}")
        except UnseenError as error:
            problem = str(error)
            return replace(facts, sockets_skipped=problem)
        if not isinstance(results, Overdue):
            return replace(facts, sockets=results, sockets_skipped=skipped)
        late = SocketResult(
            netns="agent",
            family="ipv4",
            style="one-to-one",
            success=False,
            stage="socket",
            error="ETIMEDOUT",
        )
        return replace(facts, sockets=(late,))

    def _try_sockets(self, host: Host, *, permitted: bool) -> Results | Overdue:
        return self._bounded.run(
            "sockets",
            lambda: self._prober.run(
                permitted=permitted,
                host_netns=host.of_init(_NAMESPACE),
                now=time.monotonic(),
            ),
            deadline=self._scope.socket_deadline,
        )


def _deciding(facts: NodeFacts) -> NodeFacts:
    """Return the facts without what may change all the time and decides nothing."""
    return replace(
        facts,
        kernel=replace(facts.kernel, boot_time=None),  # it moves with the clock
        module=replace(facts.module, references=None),
    )


def _release(host: Host) -> str:
    """Return the kernel to judge offline: the one that ran, else the newest."""
    if host.live:
        return ""
    return capture.release(host) or module_tree.newest(host)
