"""The shipped Services as a node's data plane has them: names, and rules of nftables.

Every pod stands behind them, as long as a kubelet calls it ready: with or without SCTP.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.manifests.bundle import Object

CLUSTER = "10.96.0."
MASQUERADE = "0x4000"


def names(services: Iterable[Object], pods: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the addresses that the cluster's DNS has for each Service."""
    return {
        service["metadata"]["name"]: [address] if address else list(pods)
        for service, address in _addresses(services)
    }


def rules(services: Sequence[Object], pods: Sequence[str], host: str) -> str:
    """Return the rules of the node with the address *host*, much as kube-proxy does."""
    dials = "\n".join(
        f"    {line}"
        for service, address in _addresses(services)
        if address
        for port in service["spec"]["ports"]
        for line in _dials(port, address, host)
    )
    chosen = ", ".join(f"{at} : goto pod-{at}" for at, _ in enumerate(pods))
    behind = "".join(_pod(at, pod, services) for at, pod in enumerate(pods))
    return f"""table ip services {{
  chain dialled {{
{dials}
  }}
  chain any {{
    numgen random mod {len(pods)} vmap {{ {chosen} }}
  }}
{behind}\
  chain prerouting {{
    type nat hook prerouting priority dstnat
    jump dialled
  }}
  chain output {{
    type nat hook output priority -100
    jump dialled
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat
    meta mark & {MASQUERADE} != 0 snat to {host}
  }}
}}
"""


def _addresses(services: Iterable[Object]) -> Iterator[tuple[Object, str]]:
    """Give each Service over SCTP an address, a headless one none."""
    for number, service in enumerate(services, 1):
        if any(port.get("protocol") == "SCTP" for port in service["spec"]["ports"]):
            headless = service["spec"].get("clusterIP") == "None"
            yield service, "" if headless else f"{CLUSTER}{number}"


def _dials(port: Mapping[str, Any], address: str, host: str) -> Iterator[str]:
    yield f"ip daddr {address} sctp dport {port['port']} goto any"
    if "nodePort" in port:
        mark = f"meta mark set mark or {MASQUERADE}"
        yield f"ip daddr {host} sctp dport {port['nodePort']} {mark} goto any"


def _pod(number: int, address: str, services: Iterable[Object]) -> str:
    """Rewrite to the pod; one that reaches itself has to see another's address."""
    (port,) = {
        port["targetPort"]
        for service, _ in _addresses(services)
        for port in service["spec"]["ports"]
    }
    return f"""  chain pod-{number} {{
    ip saddr {address} meta mark set mark or {MASQUERADE}
    meta l4proto sctp dnat to {address}:{port}
  }}
"""
