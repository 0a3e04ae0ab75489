"""Does an SCTP association work on this node now?"""

from agent.checks.subject import Check, Subject, judge, passed, skipped
from agent.findings import Finding
from agent.outlook import host_socket


def evaluate(subject: Subject) -> Finding:
    """Judge the one-to-one IPv4 socket, the one the state is about."""
    result = host_socket(subject.facts)
    if result is None:
        return skipped(subject.facts.sockets_skipped or "no socket could be tried")
    if result.success and subject.forbidden:
        return passed("an SCTP association works")
    return judge(subject, result, required=True)


CHECK = Check(
    "sctp_socket",
    "an SCTP association works",
    "The agent opens a socket, binds, listens, connects and sends data both ways "
    "on loopback, in the network namespace of the host. It does so only when sctp "
    "is loaded or built in already, because a socket would load it for good.",
    evaluate,
)
