"""What a failed attempt means in words, and where to look next: a closed table."""

from dataclasses import dataclass

from agent.echo.outcome import (
    ABORTS,
    ANSWERS,
    CHECKSUM_ERRORS,
    OUT_OF_THE_BLUE,
    Attempt,
    FailureClass,
    Stage,
)
from agent.kernel.obstacles import Obstacle


@dataclass(frozen=True, slots=True)
class Hint:
    """The likely *cause*, and what to *look* at to find out."""

    cause: str
    look: str


_BY_ERROR = {
    "EADDRINUSE": Hint(
        "the source port is in use here, nothing was sent",
        "another --source-port",
    ),
    "EADDRNOTAVAIL": Hint(
        "the source address is none of this network namespace, nothing was sent",
        "another --source-address, or the namespace that has it",
    ),
    "EACCES": Hint(
        "sending is prohibited here, by a route or a rule of this node",
        "`ip route get` towards the target, and the rules of the output hook",
    ),
}
_NO_FAMILY = Hint(
    "this kernel has no IPv6, so nothing was sent",
    "ipv6.disable on the kernel command line; --family ipv4",
)
_NO_ROUTE = Hint(
    "there is no way to the address: no route, or nobody has it (ICMP)",
    "whether the pod or node still has this address, and `ip route get` towards it",
)
_ABORT = Hint(
    "an SCTP stack answered INIT with ABORT: nobody listens on that port. For a "
    "Service it may be that of the node dialled, because no rule sent the packet on to "
    "a pod",
    "whether the pod listens; whether the Service declares protocol SCTP and has ready "
    "endpoints; its rules on the node dialled (nft or iptables, IPVS, eBPF map)",
)
_TURNED_AWAY = Hint(
    "somebody listens there and answered INIT, but aborted what followed: more "
    "associations wait to be accepted than its backlog takes",
    "the load of the program that listens, and its backlog (`ss -A sctp -l`)",
)
_OBSTACLES = {
    obstacle: Hint(f"{obstacle}", look)
    for obstacle, look in (
        (Obstacle.LOOPBACK_DOWN, "`ip address show lo` here: set it up"),
        (Obstacle.NO_LOOPBACK_ADDRESS, "`ip address show lo` here"),
        (
            Obstacle.ADDIP_WITHOUT_AUTH,
            "net.sctp.auth_enable here: 1 beside net.sctp.addip_enable=1",
        ),
        (
            Obstacle.CONNTRACK_FULL,
            "net.netfilter.nf_conntrack_max here, and `conntrack -L`",
        ),
    )
}
_REJECT = Hint(
    "a rule rejected it (ICMP: port unreachable), as kube-proxy's do for a Service "
    "without endpoints",
    "the Service's endpoints and the network policies",
)
_SILENCE = Hint(
    "no answer at all: the INIT or its answer was dropped on the way, or this is the "
    "address of a Service that lacks the port, where nobody answers",
    "for a Service, whether `kubectl get service -A` has the port with /SCTP; network "
    "policies and firewalls that let only TCP and UDP pass; rules that drop what "
    "conntrack calls invalid; a network plugin that does not carry SCTP; a node on the "
    "way whose table of conntrack is full (`nf_conntrack: table full` in its kernel's "
    "log); and, if another source port works, a stale conntrack entry (conntrack -L -p "
    "sctp)",
)
_FELL_SILENT = Hint(
    "the association stood, then nothing came back",
    "packet loss between the nodes, and the load of the responder",
)
_FIXED = {
    FailureClass.RESOLVE: Hint(
        "the name gave no address",
        "the cluster's DNS from here, and whether the headless Service has endpoints",
    ),
    FailureClass.NO_SCTP: Hint(
        "there is no SCTP socket to be had here, so nothing was sent",
        "`sctp-node-agent check` says why; --allow-autoload lets a socket load sctp",
    ),
    FailureClass.PROTOCOL_UNREACHABLE: Hint(
        "the kernel there does not speak SCTP (ICMP: protocol unreachable)",
        "`sctp-node-agent check` on the node that has the address, or where the "
        "Service sent the packet, says why it does not",
    ),
    FailureClass.RESET: Hint(
        "the association stood, then it was aborted from the other side",
        "restarts of the target, its limits, and middleboxes that lost their state",
    ),
    FailureClass.LARGE_LOST: Hint(
        "small packets pass in both directions, packets of full size do not",
        "the MTUs on the way (an overlay takes 50 to 100 bytes), and whether ICMP "
        "'fragmentation needed' is filtered",
    ),
}
_WRONG_CHECKSUM = Hint(
    "packets with a wrong SCTP checksum arrived here meanwhile: something rewrites "
    "them and does not renew it",
    "eBPF load balancers that change ports, and checksum offload of the network card",
)
_OTHER_BYTES = Hint(
    "other bytes came back than were sent, with a valid SCTP checksum",
    "what rewrites packets on the way, and the memory of both nodes",
)
_OTHER_NODE = Hint(
    "another node answered than was expected",
    "stale addresses in DNS, and stale conntrack entries or rules",
)
_OTHER_PROGRAM = Hint(
    "something answers there that is no responder of this agent's version",
    "which program listens on the port",
)


def hint(attempt: Attempt) -> Hint | None:
    """Return what to say about a failed attempt, None about a good one."""
    if attempt.failure is None:
        return None
    if attempt.obstacle:
        return _OBSTACLES[Obstacle(attempt.obstacle)]
    return _by_class(attempt, attempt.failure)


def _by_class(attempt: Attempt, failure: FailureClass) -> Hint:
    match failure:
        case FailureClass.NO_SCTP if attempt.error == "EAFNOSUPPORT":
            return _NO_FAMILY
        case FailureClass.UNREACHABLE:
            return _BY_ERROR.get(attempt.error, _NO_ROUTE)
        case FailureClass.REFUSED:
            return _refused(attempt)
        case FailureClass.TIMEOUT:
            return _SILENCE if attempt.stage == Stage.CONNECT else _FELL_SILENT
        case FailureClass.CORRUPTED:
            wrong = attempt.counters.get(CHECKSUM_ERRORS)
            return _WRONG_CHECKSUM if wrong else _OTHER_BYTES
        case FailureClass.WRONG_RESPONDER:
            return _OTHER_PROGRAM if attempt.error else _OTHER_NODE
        case other:
            return _FIXED[other]


def _refused(attempt: Attempt) -> Hint:
    if not attempt.counters.get(ABORTS):
        return _REJECT
    return _TURNED_AWAY if _was_answered(attempt) else _ABORT


def _was_answered(attempt: Attempt) -> bool:
    """Tell whether an INIT ACK came before the ABORT.

    The kernel looks at the backlog when COOKIE ECHO comes (net/sctp/sm_statefuns.c,
    sctp_sf_do_5_1D_ce). Where nobody listens at an own address, our INIT and the ABORT
    are two chunks that came in, and the INIT came out of the blue.
    """
    came = attempt.counters.get(ANSWERS, 0)
    return came > 1 and not attempt.counters.get(OUT_OF_THE_BLUE)
