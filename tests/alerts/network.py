"""What happens to an INIT between pods, Services and node ports: no packet is sent."""

import errno
import os
import random
from dataclasses import dataclass, field

from tests.alerts.kubernetes import NODE_PORT, PORT, Cluster
from tests.alerts.nodes import Node, Pod


@dataclass(slots=True)
class Network:
    """A healthy network, but for what is named as broken.

    *inward* and *outward* are nodes that drop INITs at their edge, *severed* the
    pairs of nodes (source, target) between which they are lost, *ports* those of
    the Service that are broken everywhere, *node_ports* and *proxies* nodes whose
    own rules for Services are missing. *inward6* is as *inward*, over IPv6 alone;
    *refusing* nodes answer others as a kernel without SCTP does, and have it.
    *loss* is the share of probes that fail for no reason.
    """

    cluster: Cluster
    inward: set[str] = field(default_factory=set)
    outward: set[str] = field(default_factory=set)
    severed: set[tuple[str, str]] = field(default_factory=set)
    ports: set[int] = field(default_factory=set)
    node_ports: set[str] = field(default_factory=set)
    proxies: set[str] = field(default_factory=set)
    inward6: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    loss: float = 0.0

    def connect(self, source: Pod, host: str, port: int) -> Pod:
        """Return the pod that accepts; raise OSError as the kernel would."""
        pod = self._reached(source.node, host, port)
        if not pod.node.has_sctp:
            raise _error(errno.ENOPROTOOPT)
        if not pod.listens:
            raise _error(errno.ECONNREFUSED)
        late = max(pod.node.starved, source.node.starved, self.loss)
        if random.random() < late:  # noqa: S311  # a made-up network
            raise _error(errno.ETIMEDOUT)
        return pod

    def _reached(self, source: Node, host: str, port: int) -> Pod:
        if host in self.cluster.service:
            if port in self.ports or source.name in self.proxies:
                raise _error(errno.ETIMEDOUT)
            return self._forwarded(source, host)
        if node := self.cluster.node_at(host):
            assert port == NODE_PORT
            self._cross(source, node, host)
            if node.name in self.node_ports:
                raise _error(errno.ETIMEDOUT)
            return self._forwarded(node, host)
        pod = self.cluster.pod_at(host)
        if pod is None or port != PORT:
            raise _error(errno.EHOSTUNREACH)
        self._cross(source, pod.node, host)
        return pod

    def _forwarded(self, source: Node, host: str) -> Pod:
        ready = self.cluster.endpoints()
        if not ready:
            raise _error(errno.ECONNREFUSED)
        pod = random.choice(ready)  # noqa: S311  # as kube-proxy's rules do
        self._cross(source, pod.node, host)
        return pod

    def _cross(self, source: Node, target: Node, host: str) -> None:
        if source is target:
            return
        lost = (
            not target.up
            or source.name in self.outward
            or target.name in self.inward
            or (target.name in self.inward6 and ":" in host)
            or (source.name, target.name) in self.severed
        )
        if lost:
            raise _error(errno.ETIMEDOUT)
        if target.name in self.refusing:
            raise _error(errno.ENOPROTOOPT)


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
