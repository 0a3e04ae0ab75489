"""Does SCTP work in a fresh network namespace, as a new pod gets it?"""

from agent.checks.context import Check, CheckContext, judge, skipped
from agent.findings import Finding


def evaluate(context: CheckContext) -> Finding:
    """Judge the one-to-one IPv4 socket of the pod namespace."""
    for result in context.facts.sockets:
        if (result.netns, result.family) == ("pod", "ipv4"):
            if result.success is None:
                why = " (needs CAP_SYS_ADMIN)" if result.error == "EPERM" else ""
                return skipped(f"no namespace could be made: {result.error}{why}")
            return judge(context, result, required=False)
    return skipped(context.facts.sockets_skipped or "not tried yet")


CHECK = Check(
    "sctp_new_namespace",
    "SCTP works in a new network namespace",
    "SCTP keeps state for each network namespace, made when the namespace is. The "
    "agent makes a namespace of its own for a moment, as the runtime does for a "
    "new pod, and opens an association in it.",
    evaluate,
)
