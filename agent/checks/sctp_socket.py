"""Does an SCTP association work on this node now?"""

from agent.checks.context import Check, CheckContext, judge, passed, skipped
from agent.findings import Finding
from agent.verdict.states import host_socket


def evaluate(context: CheckContext) -> Finding:
    """Judge the one-to-one IPv4 socket, the one the state is about."""
    result = host_socket(context.facts)
    if result is None:
        return skipped(context.facts.sockets_skipped or "no socket could be tried")
    if result.success and context.forbidden:
        return passed("an SCTP association works")
    return judge(context, result, required=True)


CHECK = Check(
    "sctp_socket",
    "an SCTP association works",
    "The agent opens a socket, binds, listens, connects and sends data both ways "
    "on loopback, in the network namespace of the host. It does so only when sctp "
    "is loaded or built in already, because a socket would load it for good.",
    evaluate,
)
