"""The shipped Services as a node's data plane has them: names, and rules of nftables.

Every pod stands behind them, as long as a kubelet calls it ready: with or without SCTP.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.manifests.bundle import Object

CLUSTER = "10.96.0."


def names(services: Iterable[Object], pods: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the addresses that the cluster's DNS has for each Service."""
    return {
        service["metadata"]["name"]: [address] if address else list(pods)
        for service, address in _addresses(services)
    }


def rules(services: Sequence[Object], pods: Sequence[str]) -> str:
    """Return the rules that send a Service's users to one of the pods, by chance."""
    dials = "\n".join(
        f"    ip daddr {address} sctp dport {port['port']} goto any"
        for service, address in _addresses(services)
        if address
        for port in service["spec"]["ports"]
    )
    chosen = ", ".join(f"{at} : goto pod-{at}" for at, _ in enumerate(pods))
    (port,) = {
        port["targetPort"]
        for service, _ in _addresses(services)
        for port in service["spec"]["ports"]
    }
    behind = "\n".join(
        f"  chain pod-{at} {{ meta l4proto sctp dnat to {pod}:{port}; }}"
        for at, pod in enumerate(pods)
    )
    return f"""table ip services {{
{behind}
  chain any {{
    numgen random mod {len(pods)} vmap {{ {chosen} }}
  }}
  chain output {{
    type nat hook output priority -100
{dials}
  }}
}}
"""


def _addresses(services: Iterable[Object]) -> Iterator[tuple[Object, str]]:
    """Give each Service over SCTP an address, a headless one none."""
    for number, service in enumerate(services, 1):
        if any(port.get("protocol") == "SCTP" for port in service["spec"]["ports"]):
            headless = service["spec"].get("clusterIP") == "None"
            yield service, "" if headless else f"{CLUSTER}{number}"
