"""Would the kernel refuse the options given to sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Finding, Reason


def evaluate(context: CheckContext) -> Finding:
    """Judge the values of parameters whose type is known."""
    if context.built_in:
        return skipped(BUILT_IN)
    finding = context.denials(context.causes(Reason.BAD_MODULE_OPTION))
    unread = context.unread_modprobe()
    return finding or unread or passed("no option of sctp has a bad value")


CHECK = Check(
    "kmod_options",
    "the options of sctp are valid",
    "`options sctp no_checksums=...` in modprobe.d, or sctp.no_checksums= on the "
    "kernel command line, with a value that is no boolean makes every load fail "
    "with EINVAL. Unknown parameters only cause a warning in dmesg.",
    evaluate,
)
