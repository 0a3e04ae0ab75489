"""Reading everything about a node, in order, each part with its own deadline."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

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
from agent.foresee import Foreseen, foresee, moved
from agent.host import Host
from agent.kernel.arguments import split
from agent.obstacles import unreadable_cause
from agent.predict import undecided
from agent.probe.prober import SocketProber
from agent.sources import (
    boot,
    kernel,
    modprobe,
    module,
    module_tree,
    next_kernel,
    stack,
    system,
)
from agent.sources.memory import Memory
from agent.supervisor import Overdue, Supervisor

T = TypeVar("T")
_HOST_NAMESPACE = "/proc/1/ns/net"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which node is read and how.

    *root* is the node's file system as seen from here. *offline* judges files
    only, those of *release* or the newest kernel. *allow_autoload* permits a
    socket that makes the kernel load the module. *deadline* is in seconds, for
    each part.
    """

    root: str = "/"
    offline: bool = False
    release: str = ""
    allow_autoload: bool = False
    deadline: float = 2.0
    socket_deadline: float = 15.0


class Gatherer:
    """Gathers the facts of one node again and again."""

    def __init__(self, scope: Scope, prober: SocketProber | None = None) -> None:
        self._scope = scope
        self._prober = prober or SocketProber()
        self._memory = Memory()
        self._stuck: dict[str, Host] = {}  # names what it was reading, by part
        self.supervisor = Supervisor()

    def gather(self) -> NodeFacts:
        """Read the node; what does not answer in time becomes a gap."""
        scope = self._scope
        live = not scope.offline
        gaps: list[Gap] = []

        def part(
            name: str, work: Callable[[Host], T], missing: Callable[[Gap], T]
        ) -> T:
            host = Host(scope.root, live=live)
            result = self.supervisor.run(
                name, lambda: work(host), deadline=scope.deadline
            )
            if not isinstance(result, Overdue):
                return result
            if not result.again:
                self._stuck[name] = host
            gap = _overdue(name, self._stuck[name], scope.deadline)
            gaps.append(gap)
            return missing(gap)

        memory = self._memory
        kernel_facts = part(
            "kernel",
            lambda host: kernel.gather(
                host, memory, live=live, release=scope.release or _newest(host)
            ),
            lambda gap: KernelFacts(live=live, gaps=(gap,)),
        )
        system_facts = part(
            "system",
            system.gather,
            lambda gap: SystemFacts(gaps=(gap,)),
        )
        module_facts = part(
            "module",
            lambda host: module.gather(host, kernel_facts, memory),
            lambda gap: ModuleFacts(gaps=(gap,)),
        )
        modprobe_facts = part(
            "modprobe.d",
            lambda host: modprobe.gather(
                host,
                kmod_version=system_facts.kmod_version,
                tree=module_facts.tree,
                command_line=kernel_facts.command_line,
            ),
            lambda gap: ModprobeFacts(gaps=(gap,)),
        )
        next_facts = part(
            "boot loader",
            lambda host: next_kernel.gather(host, kernel_facts.arguments),
            lambda gap: NextKernel(note=f"could not read {gap}"),
        )
        boot_facts = part(
            "modules-load.d",
            lambda host: _boot_facts(host, next_facts, kernel_facts),
            lambda gap: BootFacts(gaps=(gap,)),
        )
        facts = NodeFacts(
            kernel=kernel_facts,
            system=system_facts,
            modprobe=modprobe_facts,
            boot=boot_facts,
            module=module_facts,
            next=next_facts,
        )
        foreseen = part(
            "prediction",
            lambda host: foresee(host, facts, memory),
            lambda gap: Foreseen(undecided(unreadable_cause((gap,))), module_facts),
        )
        facts = replace(
            facts,
            module=foreseen.module,
            next_module=foreseen.next_module,
            prediction=foreseen.prediction,
            stack=part("stack", stack.gather, lambda _: {}) if live else {},
        )
        return replace(self._with_sockets(facts), gaps=tuple(gaps))

    def _with_sockets(self, facts: NodeFacts) -> NodeFacts:
        skipped = _sockets_skipped(facts, self._scope)
        if self._scope.offline:
            return replace(facts, sockets_skipped=skipped)
        host = Host(self._scope.root, live=True)
        found = self.supervisor.run(
            "sockets",
            lambda: self._prober.run(
                permitted=not skipped,
                host_netns=host.outside(_HOST_NAMESPACE),
                now=time.time(),
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


def _boot_facts(host: Host, found: NextKernel, kernel_facts: KernelFacts) -> BootFacts:
    """Read modules-load.d and sysctl.d as the next boot will find them."""
    if not found.release:
        return boot.gather(
            host, kernel_facts.arguments, command_line=kernel_facts.command_line
        )
    inside = Host(host.root + found.root, live=False) if found.root else host
    arguments = tuple(split(found.command_line))
    facts = boot.gather(inside, arguments, command_line=found.command_line)
    entries = (
        replace(entry, origin=moved(entry.origin, found.origin))
        for entry in facts.entries
    )
    return replace(facts, entries=tuple(entries))


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
    return "sctp is not loaded and a socket would load it"


def _newest(host: Host) -> str:
    """Return the kernel to judge offline: the one with the highest version."""
    if host.live:
        return ""
    found = module_tree.releases(host)
    return max(found, key=_version_key, default="")


def _version_key(release: str) -> tuple[tuple[int, str], ...]:
    import re

    parts = re.findall(r"\d+|[a-z]+", release.lower())
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in parts)


def _overdue(name: str, host: Host, deadline: float) -> Gap:
    return Gap(host.reading or name, f"no answer within {deadline:g} s", late=True)
