"""Do the kernel arguments of this boot deny sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.facts import NodeFacts
from agent.findings import Cause, Finding, Origin, Reason
from agent.kernel.arguments import last, value_names
from agent.loading.kernel_policy import stopping
from agent.names import CMDLINE, SCTP


def evaluate(context: CheckContext) -> Finding:
    """Judge module_blacklist=, initcall_blacklist= (kernel), modprobe.blacklist=."""
    facts = context.facts
    stop = stopping(facts.kernel)
    if stop and stop.reason != Reason.DENIED_BY_KERNEL_ARGUMENT:
        return context.unknown(stop)
    denial = stop or (None if context.built_in else _denial(facts))
    if denial:
        return context.denial(denial)
    if context.built_in:
        return skipped(BUILT_IN)
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


def _denial(facts: NodeFacts) -> Cause | None:
    """Return what an argument of the running kernel's denies a module by."""
    argument = last(facts.kernel.arguments, "module_blacklist")
    if argument and SCTP in value_names(argument):
        text = f"the kernel argument `{argument.text}` denies sctp"
        reason = Reason.DENIED_BY_KERNEL_ARGUMENT
        return Cause(reason, text, (argument.origin,))
    for _, config in facts.modprobe.configs:
        for directive in config.blacklisted(SCTP):
            if directive.origin.path == CMDLINE:
                text = f"the kernel argument `{directive.origin.text}` blacklists sctp"
                reason = Reason.BLACKLISTED_BY_KERNEL_ARGUMENT
                return Cause(reason, text, (directive.origin,))
    return None


CHECK = Check(
    "kernel_arguments",
    "no kernel argument denies sctp",
    "`module_blacklist=sctp` makes the kernel itself refuse every load (EPERM), "
    "explicit ones too; the last occurrence counts. `initcall_blacklist=sctp_init` "
    "keeps it from starting, built in or not, if the kernel knows the names of its "
    "functions (CONFIG_KALLSYMS). `modprobe.blacklist=sctp` is honoured by kmod like "
    "a blacklist line. All need a change of the boot loader and a reboot to go away.",
    evaluate,
)
