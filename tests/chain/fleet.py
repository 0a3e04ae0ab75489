"""What happens to a fleet of three, one of whose nodes has had no SCTP from the start.

The others probe it, and the Services that its pod stands behind, and get errors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.chain.cluster import Fleet
from tests.chain.disks import BARRING
from tests.chain.monitoring import PATIENCE_SECONDS, Prometheus
from tests.chain.story import ALERT, NOTICE_SECONDS, Clock, await_true
from tests.chain.webhook import Notice
from tests.vm import steps

FAILING = "sctp_node_path_probe_failing"
SUCCESS = "sctp_node_path_probe_success"
LASTING = f"node_path_family_form_target:{FAILING}:max"
EVALUATIONS = 4 * PATIENCE_SECONDS
"""Of one a second: an alert about another node would have come in half the time."""


@dataclass(frozen=True, slots=True)
class FleetStory:
    """All that was seen: what arrived, and between which nodes paths failed."""

    verdict: Mapping[str, Any]
    node: str
    others: tuple[str, ...]
    failed: frozenset[tuple[str, ...]]
    told: tuple[Notice, ...]
    firing: frozenset[str]
    calm: frozenset[str]


def tell(fleet: Fleet, prometheus: Prometheus, clock: Clock) -> FleetStory:
    """Wait until all that may come of it has come, then let the node have SCTP."""
    cluster = fleet.cluster
    *others, barred = (pod.node for pod in cluster.workloads)
    with clock.measuring("fleet: until its alert has arrived"):
        cluster.inbox.wait(_about(barred, "firing"), seconds=NOTICE_SECONDS)
    with clock.measuring("fleet: until another one would have"):
        await_true(_has_failed(prometheus, len(others)), "failures that last")
    failed = frozenset(
        tuple(sample["metric"][name] for name in ("node", "path", "class"))
        for sample in prometheus.query(f"count_over_time({FAILING}[5m])")
    )
    verdict = cluster.report(cluster.workloads[-1])["verdict"]
    firing = prometheus.firing()
    fleet.barred.prepare(
        steps.remove(f"/{BARRING}"),
        steps.command("systemctl", "restart", "systemd-modules-load"),
    )
    with clock.measuring("fleet: until the alert is resolved"):
        cluster.inbox.wait(_about(barred, "resolved"), seconds=NOTICE_SECONDS)
    with clock.measuring("fleet: until all reach the pod there"):
        await_true(
            _is_reached(prometheus, barred, len(cluster.workloads)), "paths to the node"
        )
    return FleetStory(
        verdict,
        barred,
        tuple(others),
        failed,
        cluster.inbox.all(),
        firing,
        prometheus.firing(),
    )


def _about(node: str, status: str) -> Callable[[Notice], bool]:
    return lambda notice: notice.status == status and notice.is_about(ALERT, node)


def _has_failed(prometheus: Prometheus, others: int) -> Callable[[], bool]:
    """Tell whether the pod's paths fail for long enough, and a Service once did."""
    lasting = f"count_over_time({LASTING}{{path='pod'}}[5m]) >= {EVALUATIONS}"
    once = f"count_over_time({FAILING}{{path!='pod'}}[5m])"
    asked = f"count(count by (node) ({lasting})) == {others} and on () count({once})"
    return lambda: bool(prometheus.query(asked))


def _is_reached(prometheus: Prometheus, node: str, nodes: int) -> Callable[[], bool]:
    """Tell whether all reach the pod on the node, and know the node's name."""
    asked = f"count({SUCCESS}{{path='pod',target='{node}'}} == 1) == {nodes}"
    return lambda: bool(prometheus.query(asked))
