"""Does SELinux let containers make the kernel load sctp?"""

from collections.abc import Iterator

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, Reason
from agent.loading.confinement import boot_load_cause, load_cause, mode
from agent.loading.forecast import TriState
from agent.selinux.mode import Mode


def evaluate(context: CheckContext) -> Finding:
    """Judge what SELinux decides when a container's socket asks for the module."""
    if context.built_in:
        return skipped(BUILT_IN)
    unread = context.unread_at("/sys/fs/selinux/")
    if unread:
        return unread
    causes = tuple(_causes(context))
    denials = [c for c in causes if c.reason == Reason.SELINUX_DENIES_LOAD]
    finding = context.denials(denials)
    if finding:
        return finding
    if causes and not context.forbidden:
        return context.unknown(causes[0])
    return _not_in_the_way(context)


def _causes(context: CheckContext) -> Iterator[Cause]:
    """Yield what SELinux denies, or may deny, where a container would have to ask.

    With an entry in modules-load.d none has to: what keeps that from loading sctp
    is for other checks to say.
    """
    facts, load = context.facts, context.forecasts.boot_load
    declared = load.likelihood == TriState.YES or bool(load.entries)
    in_kernel = context.in_kernel or (declared and not facts.kernel.live)
    now = None if in_kernel else load_cause(facts.system, facts.kernel)
    boot = None if declared else boot_load_cause(facts)
    yield from filter(None, (now, boot))


def _not_in_the_way(context: CheckContext) -> Finding:
    """Say why nothing came of it: SELinux is off, allows it, or nobody has to ask."""
    facts = context.facts
    if facts.system.selinux.no_policy:
        return skipped("no SELinux policy is loaded: nothing is refused")
    if load_cause(facts.system, facts.kernel):
        return skipped("what SELinux lets containers load does not matter here")
    if mode(facts) != Mode.ENFORCING:
        return skipped("SELinux does not enforce here")
    return passed("SELinux lets containers make the kernel load sctp")


CHECK = Check(
    "selinux_autoload",
    "SELinux does not stop the load",
    "The kernel asks SELinux whether the calling process may request a module. With "
    "the policy of most distributions a container (container_t) may not: its socket "
    "fails although modprobe.d allows sctp, while the same socket of an unconfined "
    "process succeeds. The agent asks the policy in the kernel, for the label that "
    "containers are given.",
    evaluate,
)
