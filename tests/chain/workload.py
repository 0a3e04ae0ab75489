"""The pods: on one machine one for each privilege level, on another a third one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chain import services
from tests.chain.pod import Image, Placement
from tests.manifests.bundle import Bundle, Object
from tests.manifests.cases import LEAST_PRIVILEGE, PATHS, REQUESTS, Case

PORT = 10132
NETWORK = "10.0.2."
BARRED = "barred"
ADDRESSES = {
    "privileged": f"{NETWORK}16",
    "least-privilege": f"{NETWORK}17",
    BARRED: f"{NETWORK}18",
}
"""Of the pods, each with a node of its own; the barred one's has its own machine."""

SETTINGS = (
    {"name": "SCTP_AGENT_PATH_INTERVAL", "value": "15"},
    {"name": "SCTP_AGENT_PATH_NODE_PORT", "value": "0"},
)
"""Probes twice as often as shipped, none of node ports: two nodes share a machine."""

IMAGE_PLACE = "/opt/pods/image"
META = "__meta_kubernetes"


@dataclass(frozen=True, slots=True)
class Workload:
    """A pod with its place: a node of its own, as far as anybody outside can tell."""

    template: Object
    placement: Placement
    services: str

    @property
    def name(self) -> str:
        """The pod's name."""
        return self.placement.pod

    @property
    def node(self) -> str:
        """The node's name."""
        return self.placement.node

    @property
    def endpoint(self) -> str:
        """Where it listens in the guest's network."""
        return f"{self.placement.address}:{PORT}"

    def probe_path(self, kind: str) -> str:
        """Return the path that the kubelet asks, for example of `readinessProbe`."""
        (container,) = self.template["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        action = container[kind]["httpGet"]
        if ports.get(action["port"], action["port"]) != PORT:
            raise ValueError(f"{kind} asks port {action['port']}")
        path: str = action["path"]
        return path

    def discovered(self) -> Mapping[str, str]:
        """Return the labels under which Prometheus finds a pod in a cluster."""
        metadata = self.template["metadata"]
        (container,) = self.template["spec"]["containers"]
        return {
            f"{META}_namespace": self.placement.namespace,
            f"{META}_pod_name": self.name,
            f"{META}_pod_node_name": self.node,
            f"{META}_pod_phase": "Running",
            f"{META}_pod_container_port_name": container["ports"][0]["name"],
            **_meta("label", metadata["labels"]),
            **_meta("annotation", metadata["annotations"]),
        }


def workloads(scratch: Path) -> tuple[Workload, ...]:
    """Render all pods; *scratch* is an empty folder (network, at the first time)."""
    probing = Case("overlays/plain", (PATHS,))
    watching = Case("overlays/plain", (PATHS, REQUESTS))
    unprivileged = Case("overlays/plain", (PATHS, LEAST_PRIVILEGE))
    return tuple(
        _workload(name, case, scratch)
        for name, case in zip(ADDRESSES, (watching, unprivileged, probing), strict=True)
    )


def image_of(config: Mapping[str, Any]) -> Image:
    """Return what a runtime takes from an image's configuration."""
    pairs = (entry.split("=", 1) for entry in config.get("Env", ()))
    return Image(
        root=IMAGE_PLACE,
        entrypoint=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        environment=dict(pairs),
        user=config.get("User", ""),
    )


def _workload(name: str, case: Case, scratch: Path) -> Workload:
    folder = scratch / name
    folder.mkdir()
    bundle = Bundle.parse(case.render(folder))
    bundle.container["env"].extend(SETTINGS)
    shipped, pods = tuple(bundle.of("Service")), tuple(ADDRESSES.values())
    placement = Placement(
        pod=name,
        node=f"worker-{name}",
        address=ADDRESSES[name],
        host_address=f"{NETWORK}1{ADDRESSES[name].rpartition('.')[2]}",
        hosts=services.names(shipped, pods),
    )
    return Workload(bundle.template, placement, services.rules(shipped, pods))


def _meta(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """Name labels or annotations as Prometheus' discovery does."""
    return {
        f"{META}_pod_{kind}_{re.sub(r'[^a-zA-Z0-9_]', '_', key)}": value
        for key, value in values.items()
    }
