"""A small cluster inside one guest: nodes and pods as network namespaces.

Three nodes hang on one bridge, each routes its pod's addresses, and each rewrites
the addresses of Services as kube-proxy does. Everything here is text for the guest's
shell; nothing is run.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

Proxy: TypeAlias = Literal["nftables", "iptables"]

IP = "/usr/sbin/ip"
"""By its path: the shell prefers busybox's own, which knows no namespaces."""

NODES = ("a", "b", "c")
PORT = 10132
TRANSLATED = 5000
"""The Service port that differs from the port behind it."""

NODE_PORT = 30132
SERVICE = ("10.96.0.132", "fd00:96::132")
PEERS, NAMED_SERVICE = "agents.test", "service.test"
"""What the headless Service and the other one are called."""

MASQUERADE = "0x4000"
UNAIDED = "ethtool -K {} rx off tx off"
"""Offload lets packets that never leave a machine pass with any checksum."""


def pod(node: str) -> tuple[str, str]:
    """IPv4 and IPv6 address of the node's pod."""
    number = _number(node)
    return f"10.132.{number}.2", f"fd00:132:{number}::2"


def host(node: str) -> tuple[str, str]:
    """IPv4 and IPv6 address of the node itself."""
    number = _number(node)
    return f"192.168.132.{number}", f"fd00:168::{number}"


def cluster(proxy: Proxy) -> str:
    """Return the script that lays all cables and writes all rules."""
    lines = [
        "set -e",
        *_names(_cluster_hosts()),
        f"{IP} link add net0 type bridge",
        f"{IP} link set net0 up",
        *(line for node in NODES for line in _node(node)),
        *(line for node in NODES for line in _routes(node)),
        *(line for node in NODES for line in services(node, proxy)),
    ]
    return "\n".join(lines)


def flat(count: int) -> str:
    """Return the script for that many pods on one bridge, with IPv4 only."""
    outside, within = ["link add net0 type bridge", "link set net0 up"], []
    for number in range(count):
        name = flat_name(number)
        outside += [
            f"netns add {name}",
            f"link add eth0 netns {name} type veth peer name port{number}",
            f"link set port{number} master net0 up",
        ]
        address = f"address add {flat_address(number)}/16 dev eth0"
        lines = [address, "link set lo up", "link set eth0 up"]
        within.append(_batch(lines, f"-n {name}"))
    hosts = "\n".join(f"{flat_address(number)} {PEERS}" for number in range(count))
    return "\n".join(["set -e", _batch(outside), *within, *_names(hosts)])


def _batch(lines: Iterable[str], options: str = "") -> str:
    """Let one process do it all: to start one is dear under emulation."""
    return "\n".join([f"{IP} {options} -batch - <<END", *lines, "END"])


def flat_name(number: int) -> str:
    """Namespace of one of those pods."""
    return f"pod-{number}"


def flat_address(number: int) -> str:
    """Address of one of those pods."""
    return f"10.50.{number // 250}.{number % 250 + 1}"


def services(
    node: str, proxy: Proxy, endpoints: Iterable[str] = NODES
) -> Iterator[str]:
    """Lines that make the node rewrite Services to the pods of these nodes."""
    write = _nftables if proxy == "nftables" else _iptables
    for family in (0, 1):
        pods = [pod(name)[family] for name in endpoints]
        yield from write(f"node-{node}", family, pods)


def renewed(node: str, proxy: Proxy, endpoints: Iterable[str] = NODES) -> str:
    """Return the script that writes the node's rules anew."""
    table = "kube-proxy" if proxy == "nftables" else "nat"
    away = [
        inside(f"node-{node}", f"nft delete table {ip} {table}") for ip in ("ip", "ip6")
    ]
    return "\n".join([*away, *services(node, proxy, endpoints)])


def inside(namespace: str, command: str) -> str:
    """Return the command line that runs *command* in that namespace."""
    return f"{IP} netns exec {namespace} {command}"


def _number(node: str) -> int:
    return NODES.index(node) + 1


def _node(node: str) -> Iterator[str]:
    host_name, pod_name, number = f"node-{node}", f"pod-{node}", _number(node)
    yield f"{IP} netns add {host_name}"
    yield f"{IP} netns add {pod_name}"
    yield f"{IP} link add eth0 netns {host_name} type veth peer name port{number}"
    yield f"{IP} link set port{number} master net0 up"
    yield UNAIDED.format(f"port{number}")
    yield (
        f"{IP} link add eth0 netns {pod_name} type veth peer name pod netns {host_name}"
    )
    for address in (f"{host(node)[0]}/24", f"{host(node)[1]}/64 nodad"):
        yield f"{IP} -n {host_name} address add {address} dev eth0"
    for address in (f"10.132.{number}.1/24", f"fd00:132:{number}::1/64 nodad"):
        yield f"{IP} -n {host_name} address add {address} dev pod"
    for address in (f"{pod(node)[0]}/24", f"{pod(node)[1]}/64 nodad"):
        yield f"{IP} -n {pod_name} address add {address} dev eth0"
    for namespace, device in (
        *((host_name, name) for name in ("lo", "eth0", "pod")),
        *((pod_name, name) for name in ("lo", "eth0")),
    ):
        yield f"{IP} -n {namespace} link set {device} up"
    yield f"{IP} -n {pod_name} route add default via 10.132.{number}.1"
    yield f"{IP} -n {pod_name} -6 route add default via fd00:132:{number}::1"
    yield inside(pod_name, UNAIDED.format("eth0"))
    for device in ("eth0", "pod"):
        yield inside(host_name, UNAIDED.format(device))
    for setting in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        yield inside(host_name, f"sh -c 'echo 1 >/proc/sys/net/{setting}'")


def _routes(node: str) -> Iterator[str]:
    for other in NODES:
        if other != node:
            for family in (0, 1):
                prefix = (f"10.132.{_number(other)}.0/24", f"{pod(other)[1]}/64")
                yield (
                    f"{IP} -n node-{node} {('-4', '-6')[family]} route add "
                    f"{prefix[family]} via {host(other)[family]}"
                )


def _names(hosts: str) -> Iterator[str]:
    """Name addresses in a file, which all namespaces read."""
    yield "echo 'hosts: files' >/etc/nsswitch.conf"
    # Else the C library would give the first address of each family only.
    yield "echo 'multi on' >/etc/host.conf"
    yield f"cat >/etc/hosts <<END\n{hosts}\nEND"


def _cluster_hosts() -> str:
    pods = (f"{address} {PEERS}" for node in NODES for address in pod(node))
    return "\n".join([*pods, *(f"{address} {NAMED_SERVICE}" for address in SERVICE)])


def _nftables(namespace: str, family: int, pods: list[str]) -> Iterator[str]:
    """Write the rules in the manner of kube-proxy's nftables mode."""
    ip, kind = (("ip", "ipv4_addr"), ("ip6", "ipv6_addr"))[family]
    address = SERVICE[family]
    yield inside(namespace, "nft -f - <<END")
    yield f"""table {ip} kube-proxy {{
  map service-ips {{
    type {kind} . inet_proto . inet_service : verdict
    elements = {{ {address} . sctp . {PORT} : goto service,
                  {address} . sctp . {TRANSLATED} : goto service }}
  }}
  map service-nodeports {{
    type inet_proto . inet_service : verdict
    elements = {{ sctp . {NODE_PORT} : goto external }}
  }}
  chain service {{
    {ip} saddr != {_network(family)} meta mark set mark or {MASQUERADE}
    numgen random mod {len(pods)} vmap {{ {_jumps(pods)} }}
  }}
  {_endpoints(ip, pods)}
  chain external {{
    meta mark set mark or {MASQUERADE}
    goto service
  }}
  chain services {{
    {ip} daddr . meta l4proto . th dport vmap @service-ips
    fib daddr type local meta l4proto . th dport vmap @service-nodeports
  }}
  chain prerouting {{
    type nat hook prerouting priority dstnat
    jump services
  }}
  chain output {{
    type nat hook output priority -100
    jump services
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat
    meta mark & {MASQUERADE} == 0 return
    meta mark set mark xor {MASQUERADE}
    masquerade fully-random
  }}
}}"""
    yield "END"


def _jumps(pods: Iterable[str]) -> str:
    return ", ".join(f"{number} : goto endpoint-{number}" for number, _ in _each(pods))


def _endpoints(ip: str, pods: Iterable[str]) -> str:
    """Return a chain for each pod; one that reaches itself is masqueraded."""
    return "\n  ".join(
        f"chain endpoint-{number} {{ {ip} saddr {address} meta mark set mark or "
        f"{MASQUERADE}; meta l4proto sctp dnat to {_with_port(address)}; }}"
        for number, address in _each(pods)
    )


def _iptables(namespace: str, family: int, pods: list[str]) -> Iterator[str]:
    """Write the rules in the manner of kube-proxy's iptables mode."""
    address = SERVICE[family]
    chains = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-SVC", "KUBE-EXT"]
    chains += ["KUBE-MARK-MASQ", "KUBE-POSTROUTING"]
    chains += [f"KUBE-SEP-{number}" for number, _ in _each(pods)]
    command = ("iptables-nft-restore", "ip6tables-nft-restore")[family]
    yield inside(namespace, f"{command} <<END")
    yield "*nat"
    yield from (f":{chain} - [0:0]" for chain in chains)
    yield "-A PREROUTING -j KUBE-SERVICES"
    yield "-A OUTPUT -j KUBE-SERVICES"
    yield "-A POSTROUTING -j KUBE-POSTROUTING"
    yield f"-A KUBE-MARK-MASQ -j MARK --or-mark {MASQUERADE}"
    yield f"-A KUBE-POSTROUTING -m mark ! --mark {MASQUERADE}/{MASQUERADE} -j RETURN"
    yield f"-A KUBE-POSTROUTING -j MARK --xor-mark {MASQUERADE}"
    yield "-A KUBE-POSTROUTING -j MASQUERADE --random-fully"
    for port in (PORT, TRANSLATED):
        match = f"-d {address} -p sctp -m sctp --dport {port}"
        yield f"-A KUBE-SERVICES {match} -j KUBE-SVC"
    yield "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"
    yield f"-A KUBE-NODEPORTS -p sctp -m sctp --dport {NODE_PORT} -j KUBE-EXT"
    yield "-A KUBE-EXT -j KUBE-MARK-MASQ"
    yield "-A KUBE-EXT -j KUBE-SVC"
    yield f"-A KUBE-SVC ! -s {_network(family)} -j KUBE-MARK-MASQ"
    for number, pod_address in _each(pods):
        left = len(pods) - number
        chance = f"-m statistic --mode random --probability {1 / left:.10f} "
        yield f"-A KUBE-SVC {chance if left > 1 else ''}-j KUBE-SEP-{number}"
        yield f"-A KUBE-SEP-{number} -s {pod_address} -j KUBE-MARK-MASQ"
        target = _with_port(pod_address)
        yield f"-A KUBE-SEP-{number} -p sctp -j DNAT --to-destination {target}"
    yield "COMMIT"
    yield "END"


def _network(family: int) -> str:
    """Return the addresses of all pods."""
    return ("10.132.0.0/16", "fd00:132::/32")[family]


def _with_port(address: str) -> str:
    return f"[{address}]:{PORT}" if ":" in address else f"{address}:{PORT}"


def _each(pods: Iterable[str]) -> Iterator[tuple[int, str]]:
    return iter(enumerate(pods))
