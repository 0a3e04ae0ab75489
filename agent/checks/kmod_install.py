"""Does an install line in modprobe.d replace the loading of sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Finding, Reason


def evaluate(context: CheckContext) -> Finding:
    """Judge install lines of sctp and of what it needs, softdeps considered."""
    if context.built_in:
        return skipped(BUILT_IN)
    overridden = context.causes(Reason.INSTALL_OVERRIDE, Reason.DEPENDENCY_OVERRIDDEN)
    finding = context.denials(cause for cause in overridden if cause.evidence)
    if finding:
        return finding
    for cause in context.causes(Reason.INSTALL_COMMAND_OPAQUE):
        return context.unknown(cause)
    unread = context.unread_modprobe()
    return unread or passed("no install line keeps sctp from loading")


CHECK = Check(
    "kmod_install",
    "no install line replaces loading",
    "`install sctp /bin/true` (or /bin/false) makes modprobe run the command "
    "instead of loading; hardening guides use it. modprobe then reports success "
    "with nothing loaded. The same line for a module that sctp needs stops sctp "
    "too, unless that one is loaded already. A softdep line that resolves makes "
    "kmod ignore the install line. What any other command does can only be known "
    "by running it: then the answer is unknown.",
    evaluate,
)
