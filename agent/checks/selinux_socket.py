"""Does SELinux let containers use SCTP sockets at all?"""

from agent.checks.context import Check, CheckContext, passed, skipped
from agent.findings import Finding
from agent.loading.confinement import mode, socket_cause
from agent.selinux.mode import Mode


def evaluate(context: CheckContext) -> Finding:
    """Judge create, bind, listen and connect as the policy in the kernel does."""
    facts = context.facts
    selinux = facts.system.selinux
    for at_boot in (False, True):
        cause = socket_cause(facts, at_boot=at_boot)
        if cause:
            return context.denial(cause)
    if mode(facts) != Mode.ENFORCING:
        return skipped("SELinux does not enforce here")
    if selinux.may_load is None:
        return skipped("the policy in the kernel could not be asked")
    return passed(f"SELinux lets {selinux.label} use SCTP sockets")


CHECK = Check(
    "selinux_socket",
    "SELinux lets containers use SCTP sockets",
    "SELinux has a class of its own for SCTP sockets. An older policy for containers "
    "does not know it: each socket then fails with EACCES, whether sctp is loaded or "
    "not, while the agent's own socket works.",
    evaluate,
)
