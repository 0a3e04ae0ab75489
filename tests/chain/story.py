"""What happens to the node in the test, in order, and what was seen of it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.chain.cluster import Cluster
from tests.chain.machine_config import machine_config_files
from tests.chain.monitoring import PATIENCE_SECONDS, SCRAPE_SECONDS, Prometheus
from tests.chain.stranger import SCRIPT
from tests.chain.webhook import Notice
from tests.chain.workload import Workload
from tests.vm import steps
from tests.vm.steps import Step

ALERT, OF_POD = "SCTPUnavailable", "SCTPDeniedToWorkload"
BLACKLIST = steps.write("/etc/modprobe.d/sctp-blacklist.conf", "blacklist sctp\n")
NOTICE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What was seen between two boots, by the name of the pod."""

    reports: Mapping[str, Mapping[str, Any]]
    changes: Mapping[str, str]
    firing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Story:
    """All that was seen, for the tests to judge."""

    healthy: Scene
    broken: Scene
    repaired: Scene
    fired: Mapping[str, Notice]
    resolved: Mapping[str, Notice]
    early: tuple[Notice, ...]
    errno: str
    denied: Notice
    told: Mapping[str, tuple[str, ...]]
    stopped: Mapping[str, str]


def tell(cluster: Cluster, prometheus: Prometheus, clock: "Clock") -> Story:
    """Let the node lose SCTP at a reboot, and get it back at the next one."""
    _let_patience_end(prometheus)
    healthy = _look(cluster, prometheus)
    early = cluster.inbox.all()
    cluster.computer.prepare(BLACKLIST)
    with clock.measuring("reboot without SCTP, until the pods are ready"):
        cluster.computer.reboot()
        cluster.await_pods()
    with clock.measuring("until the alert has arrived"):
        fired = _notices(cluster, "firing")
    broken = _look(cluster, prometheus)
    with clock.measuring("until the alert about a denied pod has arrived"):
        errno, denied = _ask_in_vain(cluster)
    cluster.computer.prepare(*_repair())
    with clock.measuring("reboot after the repair, until the pods are ready"):
        cluster.computer.reboot()
        cluster.await_pods()
    with clock.measuring("until the alert is resolved"):
        resolved = _notices(cluster, "resolved")
    repaired = _look(cluster, prometheus)
    told = {pod.name: _told(cluster, pod.node) for pod in cluster.workloads}
    with clock.measuring("both pods stopped"):
        stopped = {pod.name: _stop(cluster, pod.name) for pod in cluster.workloads}
    return Story(
        healthy,
        broken,
        repaired,
        fired,
        resolved,
        early,
        errno,
        denied,
        told,
        stopped,
    )


@dataclass(frozen=True, slots=True)
class Clock:
    """How long each part took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measuring(self, part: str) -> Iterator[None]:
        """Note how long the block takes."""
        start = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - start, 1)


def _repair() -> tuple[Step, ...]:
    return tuple(
        steps.write(f"/{path}", content)
        for path, content in machine_config_files().items()
    )


def _ask_in_vain(cluster: Cluster) -> tuple[str, Notice]:
    """Let another pod ask for SCTP; return its errno and what arrives about that."""
    errno = cluster.computer.output("sh", "-ec", SCRIPT).strip()
    node = cluster.workloads[0].node

    def wanted(notice: Notice) -> bool:
        return notice.status == "firing" and notice.is_about(OF_POD, node)

    return errno, cluster.inbox.wait(wanted, seconds=NOTICE_SECONDS)


def _notices(cluster: Cluster, status: str) -> Mapping[str, Notice]:
    def about(node: str) -> Callable[[Notice], bool]:
        return lambda notice: notice.status == status and notice.is_about(ALERT, node)

    return {
        pod.name: cluster.inbox.wait(about(pod.node), seconds=NOTICE_SECONDS)
        for pod in cluster.workloads
    }


def _told(cluster: Cluster, node: str) -> tuple[str, ...]:
    """Return what arrived about the alert of that node, in order."""
    notices = cluster.inbox.all()
    return tuple(notice.status for notice in notices if notice.is_about(ALERT, node))


def _let_patience_end(prometheus: Prometheus) -> None:
    """Wait until what has been wrong with a node from the start would be an alert."""
    enough = 2 * PATIENCE_SECONDS // SCRAPE_SECONDS + 1
    scraped = f"min(sum_over_time(up[5m])) >= {enough}"
    await_true(lambda: bool(prometheus.query(scraped)), f"{enough} scrapes of each pod")


def await_true(condition: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + NOTICE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not in {NOTICE_SECONDS} s: {what}")
        time.sleep(0.5)


def _look(cluster: Cluster, prometheus: Prometheus) -> Scene:
    """See what the pods say and have done, once Prometheus has heard of it."""
    reports = {pod.name: _settled(cluster, pod) for pod in cluster.workloads}
    states = {
        pod.node: reports[pod.name]["verdict"]["state"] for pod in cluster.workloads
    }
    await_true(lambda: _scraped(prometheus) == states, f"scraped as {states}")
    changes = {pod.name: cluster.change_by(pod) for pod in cluster.workloads}
    return Scene(reports, changes, prometheus.firing())


def _settled(cluster: Cluster, pod: Workload) -> Mapping[str, Any]:
    """Return what the pod says once it has read everything: at first it may be late."""
    reports: list[Mapping[str, Any]] = []

    def is_complete() -> bool:
        reports.append(cluster.report(pod))
        # Of the next boot, too: the state's reason says nothing of it.
        return all(one["reason"] != "FactTimeout" for one in reports[-1]["checks"])

    await_true(is_complete, f"every fact of {pod.name} in time")
    return reports[-1]


def _scraped(prometheus: Prometheus) -> Mapping[str, str]:
    found = [sample["metric"] for sample in prometheus.query("sctp_node_state == 1")]
    return {labels["node"]: labels["state"] for labels in found}


def _stop(cluster: Cluster, pod: str) -> str:
    """End the pod with the patience that its manifest asks for; return its exit code.

    That is 137 if it had to be killed.
    """
    cluster.computer.output("podman", "stop", pod)
    form = "{{.State.ExitCode}}"
    return cluster.computer.output("podman", "inspect", "--format", form, pod).strip()
