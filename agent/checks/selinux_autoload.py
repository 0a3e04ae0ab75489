"""Does SELinux let containers make the kernel load sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding
from agent.loading.causes import confined_cause


def evaluate(context: CheckContext) -> Finding:
    """Judge the boolean domain_kernel_load_modules where SELinux enforces."""
    system = context.facts.system
    if context.built_in:
        return skipped(BUILT_IN)
    unread = context.unread_at("/sys/fs/selinux/")
    if unread:
        return unread
    kernel = context.facts.kernel
    cause = confined_cause(system, kernel)
    if system.selinux_hidden and cause:
        return _hidden(context, cause)
    if not system.selinux_enforcing:
        return skipped("SELinux does not enforce here")
    if system.selinux_module_loading is None and kernel.live:
        return skipped("this policy has no boolean domain_kernel_load_modules")
    return _judged(context, cause)


def _judged(context: CheckContext, cause: Cause | None) -> Finding:
    if cause is None or context.forbidden:
        return passed("SELinux does not stand in the way")
    if context.facts.system.selinux_module_loading is None:
        return context.unknown(cause)
    if context.in_kernel:
        return passed("containers may not load modules, and sctp is loaded")
    return context.warning(cause)


def _hidden(context: CheckContext, cause: Cause) -> Finding:
    if context.in_kernel or context.forbidden:
        return skipped("the agent is not shown SELinux, which does not matter here")
    return context.unknown(cause)


CHECK = Check(
    "selinux_autoload",
    "SELinux does not stop the load",
    "The kernel asks SELinux whether the calling process may request a module. "
    "With domain_kernel_load_modules off, a container (container_t) may not: its "
    "socket fails although modprobe.d allows sctp, while the same socket of an "
    "unconfined process succeeds.",
    evaluate,
)
