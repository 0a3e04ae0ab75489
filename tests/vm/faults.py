"""What is broken between pods, one thing at a time, and what has to be said of it.

Whatever can be is broken on the way to the pod of node b only, so that what fails,
and whose fault it is, is the same each time. Services choose a pod by chance: of
those it is only said how they may fail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.vm.fabric import NODES, PORT, Proxy, inside, pod, renewed

Failing = frozenset[tuple[str, str, str, str]]
"""Source, path, target and class of what fails, whichever the family."""

B = "worker-b"
FAMILIES = ("ipv4", "ipv6")
BOTH: tuple[Proxy, ...] = ("nftables", "iptables")


def _to_b(*rules: str) -> str:
    """Rules in the way through node b; `{to}` matches what goes to its pod."""
    return _table("node-b", "forward", *rules)


def _table(namespace: str, hook: str, *rules: str, priority: str = "filter") -> str:
    address = pod("b")
    to = [
        f"{ip} daddr {address[n]} sctp dport {PORT}"
        for n, ip in enumerate(("ip", "ip6"))
    ]
    # Once for each family, where a rule differs by family.
    lines = dict.fromkeys(rule.format(to=one) for rule in rules for one in to)
    kind = f"type filter hook {hook} priority {priority}"
    chain = f"chain {hook} {{ {kind}; {'; '.join(lines)}; }}"
    return inside(namespace, f"nft -f - <<END\ntable inet {hook} {{\n{chain}\n}}\nEND")


def _heal(namespace: str, *hooks: str) -> str:
    return "\n".join(inside(namespace, f"nft delete table inet {h}") for h in hooks)


def _others(path: str, failure: str, *, target: str = B) -> Failing:
    """All but the target fail to reach it."""
    names = (f"worker-{node}" for node in NODES)
    return frozenset((name, path, target, failure) for name in names if name != target)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the scripts that bring it about and mend it, and what it shows.

    *orders* are given to the nodes after the script. *failing* is all that fails
    on the way to pods and to node ports of a node without rules, in *families*;
    *services* how other paths may fail meanwhile. *faults* is what the recording
    rule has to say of the paths in *failing*: path, target and fault.
    """

    name: str
    breaks: Callable[[Proxy], str]
    mends: Callable[[Proxy], str]
    failing: Failing
    faults: frozenset[tuple[str, str, str]]
    services: frozenset[str] = frozenset()
    families: tuple[str, ...] = FAMILIES
    silent: tuple[str, ...] = ()
    proxies: tuple[Proxy, ...] = ("nftables",)


def _no_node_ports(proxy: Proxy) -> str:
    """Take the rules of node ports from node c."""
    command = {
        "nftables": "nft flush map {} kube-proxy service-nodeports",
        "iptables": "nft flush chain {} nat KUBE-NODEPORTS",
    }[proxy]
    return "\n".join(inside("node-c", command.format(ip)) for ip in ("ip", "ip6"))


def _always(script: str) -> Callable[[Proxy], str]:
    return lambda _: script


TARGET_B = frozenset({("pod", B, "target")})
NO_SCTP = f"sctp dport {PORT} reject with icmp type prot-unreachable"

FAULTS = (
    Fault(
        "INIT dropped",
        _always(_to_b("{to} sctp chunk init exists drop")),
        _always(_heal("node-b", "forward")),
        _others("pod", "timeout"),
        TARGET_B,
        services=frozenset({"timeout"}),
        proxies=BOTH,
    ),
    Fault(
        "INIT ACK called invalid and dropped",
        _always(
            _table(
                "node-b",
                "prerouting",
                "{to} sctp chunk init exists notrack",
                priority="raw",
            )
            + "\n"
            + _table("node-b", "forward", "ct state invalid drop")
        ),
        _always(_heal("node-b", "forward", "prerouting")),
        _others("pod", "timeout"),
        TARGET_B,
        services=frozenset({"timeout"}),
    ),
    Fault(
        "packets above 1000 bytes lost",
        _always(_to_b("{to} meta length > 1000 drop")),
        _always(_heal("node-b", "forward")),
        _others("pod", "large_lost"),
        TARGET_B,
        services=frozenset({"large_lost"}),
    ),
    Fault(
        "answers rewritten without a new checksum",
        _always(
            _table(
                "pod-b",
                "output",
                # By offsets: nft renews the checksum of what it knows as SCTP. And
                # before conntrack, after which Linux takes a checksum for checked.
                f"oifname eth0 @th,0,16 {PORT} meta length > 120 "
                "@th,64,32 set 0x01020304",
            )
        ),
        _always(_heal("pod-b", "output")),
        _others("pod", "corrupted"),
        TARGET_B,
        # Conntrack does not translate back what it finds invalid.
        services=frozenset({"corrupted", "timeout"}),
    ),
    Fault(
        "no SCTP in the kernel of the target",
        _always(_table("pod-b", "input", NO_SCTP)),
        _always(_heal("pod-b", "input")),
        frozenset(
            {
                *_others("pod", "protocol_unreachable"),
                (B, "pod", B, "protocol_unreachable"),
            }
        ),
        frozenset({("pod", B, "state")}),
        services=frozenset({"protocol_unreachable"}),
        families=("ipv4",),
    ),
    Fault(
        "IPv6 only",
        _always(_to_b(f"ip6 daddr {pod('b')[1]} sctp dport {PORT} drop")),
        _always(_heal("node-b", "forward")),
        _others("pod", "timeout"),
        TARGET_B,
        services=frozenset({"timeout"}),
        families=("ipv6",),
    ),
    Fault(
        "responder gone",
        _always(""),
        _always(""),
        frozenset({*_others("pod", "refused"), (B, "pod", B, "refused")}),
        TARGET_B | {("pod", B, "hairpin")},
        services=frozenset({"refused"}),
        silent=(B,),
    ),
    Fault(
        "no rule for the node port: the host's own stack answers",
        _no_node_ports,
        partial(renewed, "c"),
        frozenset(
            {
                *_others("node_port", "refused", target="worker-c"),
                ("worker-c", "node_port", "worker-c", "refused"),
            }
        ),
        frozenset({("node_port", "worker-c", "target")}),
        proxies=BOTH,
    ),
)
