"""Does an alias line lead the kernel request away from sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Finding, Reason


def evaluate(context: CheckContext) -> Finding:
    """Judge alias lines by where a request for SCTP ends up."""
    if context.built_in:
        return skipped(BUILT_IN)
    finding = context.denials(context.causes(Reason.ALIAS_DIVERTED))
    unread = context.unread_modprobe()
    return finding or unread or passed("requests for SCTP lead to sctp")


CHECK = Check(
    "kmod_alias",
    "requests for SCTP lead to sctp",
    "The kernel asks for net-pf-2-proto-132 (IPv4) or net-pf-10-proto-132 (IPv6). "
    "An alias line in modprobe.d for one of these names is asked before the "
    "module tree, so `alias net-pf-2-proto-132 off` leads nowhere. `alias sctp "
    "off` stops an explicit modprobe and modules-load.d, but not the request of a "
    "socket.",
    evaluate,
)
