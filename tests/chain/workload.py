"""The pods of the node: one for each privilege level, from the shipped manifests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chain.pod import Image, Placement
from tests.manifests.bundle import Bundle, Object
from tests.manifests.cases import LEAST_PRIVILEGE, Case

PORT = 10132
IMAGE_PLACE = "/opt/pods/image"
META = "__meta_kubernetes"


@dataclass(frozen=True, slots=True)
class Workload:
    """A pod with its place: a node of its own, as far as anybody outside can tell."""

    template: Object
    placement: Placement

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
    """Render both levels; *scratch* is an empty folder (network, at the first time)."""
    return (
        _workload("privileged", "10.0.2.16", Case("overlays/plain"), scratch),
        _workload(
            "least-privilege",
            "10.0.2.17",
            Case("overlays/plain", (LEAST_PRIVILEGE,)),
            scratch,
        ),
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


def _workload(name: str, address: str, case: Case, scratch: Path) -> Workload:
    folder = scratch / name
    folder.mkdir()
    template = Bundle.parse(case.render(folder)).template
    return Workload(
        template, Placement(pod=name, node=f"worker-{name}", address=address)
    )


def _meta(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """Name labels or annotations as Prometheus' discovery does."""
    return {
        f"{META}_pod_{kind}_{re.sub(r'[^a-zA-Z0-9_]', '_', key)}": value
        for key, value in values.items()
    }
