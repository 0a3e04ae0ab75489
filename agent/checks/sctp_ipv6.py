"""Do SCTP associations work over IPv6?"""

from agent.checks.context import Check, CheckContext, judge, skipped
from agent.findings import Finding
from agent.verdict.states import host_socket


def evaluate(context: CheckContext) -> Finding:
    """Judge the one-to-one IPv6 socket."""
    if context.facts.kernel.ipv6_disabled:
        return skipped("IPv6 is disabled on this node")
    result = host_socket(context.facts, family="ipv6")
    if result is None:
        return skipped(context.facts.sockets_skipped or "no socket could be tried")
    return judge(context, result, required=False)


CHECK = Check(
    "sctp_ipv6",
    "an SCTP association works over IPv6",
    "The same association over ::1. A failure is a warning: the state of the node "
    "is about IPv4.",
    evaluate,
)
