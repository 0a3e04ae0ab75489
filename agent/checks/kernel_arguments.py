"""Do the kernel arguments of this boot deny sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, Origin, Reason
from agent.kernel.arguments import last, value_names
from agent.names import CMDLINE, SCTP


def evaluate(context: CheckContext) -> Finding:
    """Judge module_blacklist= (kernel) and modprobe.blacklist= (kmod)."""
    facts = context.facts
    if context.built_in:
        return skipped(BUILT_IN)
    argument = last(facts.kernel.arguments, "module_blacklist")
    if argument and SCTP in value_names(argument):
        text = f"the kernel argument `{argument.text}` denies sctp"
        reason = Reason.DENIED_BY_KERNEL_ARGUMENT
        return context.denial(Cause(reason, text, (argument.origin,)))
    for _, config in facts.modprobe.configs:
        for directive in config.blacklisted(SCTP):
            if directive.origin.path == CMDLINE:
                text = f"the kernel argument `{directive.origin.text}` blacklists sctp"
                reason = Reason.BLACKLISTED_BY_KERNEL_ARGUMENT
                return context.denial(Cause(reason, text, (directive.origin,)))
    # What remains is about a module that sctp needs, or about the next boot.
    finding = context.denials(
        context.causes(
            Reason.DENIED_BY_KERNEL_ARGUMENT, Reason.BLACKLISTED_BY_KERNEL_ARGUMENT
        )
    )
    if finding:
        return finding
    if facts.kernel.arguments_known:
        return passed("no kernel argument denies sctp")
    if not facts.kernel.live:
        return skipped("the kernel arguments are not in the files: taken as none")
    cause = Cause(Reason.FACT_UNREADABLE, "could not read them", (Origin(CMDLINE),))
    return context.unknown(cause)


CHECK = Check(
    "kernel_arguments",
    "no kernel argument denies sctp",
    "`module_blacklist=sctp` makes the kernel itself refuse every load (EPERM), "
    "explicit ones too; the last occurrence counts. `modprobe.blacklist=sctp` is "
    "honoured by kmod like a blacklist line. Both need a change of the boot "
    "loader and a reboot to go away.",
    evaluate,
)
