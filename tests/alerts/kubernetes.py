"""A cluster on paper: nodes, the agents' pods, who is ready, what DNS answers."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.findings import Expectation
from tests.alerts.nodes import Node, Pod, Process

PORT, TRANSLATED, NODE_PORT = 10132, 20132, 30132
SERVICE = ("172.30.0.1", "fd30::1")

_STARTS = 2.0  # seconds from a pod's address to its process
_READY = 3.0  # from there to readiness
_ENDS = 1.0  # from SIGTERM to the end
_NOTICED = 50.0  # until a silent node is called NotReady
_DELETED = 60.0  # until the cloud's controller deletes a machine's node
_CACHED = 30.0  # by CoreDNS


@dataclass(slots=True)
class Cluster:
    """Keeps one pod on each node; *start* starts an agent in it."""

    start: Callable[[Pod], Process]
    families: int = 1
    nodes: dict[str, Node] = field(default_factory=dict)
    pods: list[Pod] = field(default_factory=list)
    has_dns: bool = True
    _made: int = 0
    _answer: tuple[float, tuple[str, ...]] = (-_CACHED, ())

    @property
    def service(self) -> tuple[str, ...]:
        """The cluster's addresses of the Service."""
        return SERVICE[: self.families]

    def pod_at(self, address: str) -> Pod | None:
        """Return who has the address."""
        return next((pod for pod in self.pods if address in pod.addresses), None)

    def node_at(self, address: str) -> Node | None:
        """Return the node that has the address."""
        return next((n for n in self.nodes.values() if address in n.addresses), None)

    def endpoints(self) -> list[Pod]:
        """Return the pods behind the Services."""
        return [pod for pod in self.pods if pod.ready and pod.probed]

    async def peers(self) -> dict[str, str]:
        """Answer as the agents' resolver does for the headless Service."""
        return dict.fromkeys(await self._resolved(), "")

    async def services(self) -> tuple[str, ...]:
        """Answer for the other Service."""
        await self._resolved()
        return self.service

    async def _resolved(self) -> tuple[str, ...]:
        if not self.has_dns:
            raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
        now = asyncio.get_running_loop().time()
        if now - self._answer[0] >= _CACHED:
            ready = (pod.addresses for pod in self.endpoints())
            self._answer = now, tuple(a for addresses in ready for a in addresses)
        return self._answer[1]

    def join(
        self, name: str, pool: str, expectation: Expectation = Expectation.REQUIRED
    ) -> Node:
        """Add a node; its agent starts."""
        self._made += 1
        number = self._made
        addresses = (f"192.0.2.{number}", f"fd02::{number:x}")[: self.families]
        node = Node(name, pool, addresses, expectation)
        self.nodes[name] = node
        self._create(node)
        return node

    def replace(self, node: Node) -> None:
        """Delete the pod of a node: another one follows."""
        self._delete(node)
        _later(_ENDS, lambda: self._create(node))

    def undeploy(self, node: Node) -> None:
        """Delete the pod of a node for good."""
        self._delete(node)

    def remove(self, node: Node) -> None:
        """Switch a node off; its object is deleted a while later."""
        self.switch_off(node)
        _later(_DELETED, lambda: self.delete(node))

    def switch_off(self, node: Node) -> None:
        """Let a node fall silent."""
        node.up = False
        self._end(node.pod)
        _later(_NOTICED, lambda: self._notice(node))

    def switch_on(self, node: Node) -> None:
        """Boot a node: the same pod gets a new sandbox, with another address."""
        node.up, node.booted = True, asyncio.get_running_loop().time()
        assert node.pod
        node.pod.ready = False
        node.pod.addresses = self._addresses()
        self._run(node.pod)

    def kill(self, node: Node) -> None:
        """End an agent; nothing restarts it before `restart`."""
        assert node.pod
        node.pod.ready = False
        self._end(node.pod)

    def restart(self, node: Node) -> None:
        """Start the container of a pod again."""
        assert node.pod
        self._run(node.pod)

    def _create(self, node: Node) -> None:
        if self.nodes.get(node.name) is not node:
            return
        node.pod = Pod(f"sctp-node-agent-{self._made:05x}", node, self._addresses())
        self.pods.append(node.pod)
        self._run(node.pod)

    def _addresses(self) -> tuple[str, ...]:
        self._made += 1
        number = self._made
        low, high = number % 250 + 1, number // 250
        return (f"10.128.{high}.{low}", f"fd01::{number:x}")[: self.families]

    def _run(self, pod: Pod) -> None:
        _later(_STARTS, lambda: self._begin(pod))
        _later(_STARTS + _READY, lambda: self._pass(pod))

    def _begin(self, pod: Pod) -> None:
        if pod.node.up and pod.process is None and pod in self.pods:
            pod.process = self.start(pod)

    @staticmethod
    def _pass(pod: Pod) -> None:
        pod.ready = pod.process is not None

    @staticmethod
    def _end(pod: Pod | None) -> None:
        if pod and pod.process:
            pod.process.stop()
            pod.process = None

    def _delete(self, node: Node) -> None:
        pod, node.pod = node.pod, None
        if pod is None:
            return
        pod.ready = False
        _later(_ENDS, lambda: self._end(pod))
        _later(_ENDS, lambda: self.pods.remove(pod))

    def _notice(self, node: Node) -> None:
        if node.pod and not node.up:
            node.pod.ready = False

    def delete(self, node: Node) -> None:
        """Delete the object of a node that is off, and so its pod."""
        del self.nodes[node.name]
        if node.pod:
            self.pods.remove(node.pod)
            node.pod = None


def _later(seconds: float, act: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, act)
