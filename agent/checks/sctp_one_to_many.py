"""Do one-to-many SCTP sockets work?"""

from agent.checks.context import Check, CheckContext, judge, skipped
from agent.findings import Finding
from agent.verdict.states import host_socket


def evaluate(context: CheckContext) -> Finding:
    """Judge the one-to-many (SOCK_SEQPACKET) IPv4 socket."""
    result = host_socket(context.facts, style="one-to-many")
    if result is None:
        return skipped(context.facts.sockets_skipped or "no socket could be tried")
    return judge(context, result, required=False)


CHECK = Check(
    "sctp_one_to_many",
    "a one-to-many socket works",
    "SOCK_SEQPACKET sockets, which many signalling stacks use. Without SCTP their "
    "errno is ESOCKTNOSUPPORT (94), where one-to-one sockets get EPROTONOSUPPORT "
    "(93).",
    evaluate,
)
