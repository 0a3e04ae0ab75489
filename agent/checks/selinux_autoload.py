"""Does SELinux let containers make the kernel load sctp?"""

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.findings import Cause, Finding
from agent.obstacles import confined_cause


def evaluate(subject: Subject) -> Finding:
    """Judge the boolean domain_kernel_load_modules where SELinux enforces."""
    system = subject.facts.system
    if subject.built_in:
        return skipped(BUILT_IN)
    unread = subject.unread_at("/sys/fs/selinux/")
    if unread:
        return unread
    kernel = subject.facts.kernel
    cause = confined_cause(system, kernel)
    if system.selinux_hidden and cause:
        return _hidden(subject, cause)
    if not system.selinux_enforcing:
        return skipped("SELinux does not enforce here")
    if system.selinux_module_loading is None and kernel.live:
        return skipped("this policy has no boolean domain_kernel_load_modules")
    return _judged(subject, cause)


def _judged(subject: Subject, cause: Cause | None) -> Finding:
    if cause is None or subject.forbidden:
        return passed("SELinux does not stand in the way")
    if subject.facts.system.selinux_module_loading is None:
        return subject.unknown(cause)
    if subject.in_kernel:
        return passed("containers may not load modules, and sctp is loaded")
    return subject.warning(cause)


def _hidden(subject: Subject, cause: Cause) -> Finding:
    if subject.in_kernel or subject.forbidden:
        return skipped("the agent is not shown SELinux, which does not matter here")
    return subject.unknown(cause)


CHECK = Check(
    "selinux_autoload",
    "SELinux does not stop the load",
    "The kernel asks SELinux whether the calling process may request a module. "
    "With domain_kernel_load_modules off, a container (container_t) may not: its "
    "socket fails although modprobe.d allows sctp, while the same socket of an "
    "unconfined process succeeds.",
    evaluate,
)
