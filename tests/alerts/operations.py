"""What happens to clusters on working days: done to a fleet, and undone.

Their docstrings are the first column of the table in docs/alerts.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from agent.findings import Expectation
from tests.alerts.fleets import Fault, Fleet
from tests.alerts.kubernetes import Cluster
from tests.alerts.nodes import Node

_UPDATE = 0.5  # minutes until the next pods are replaced
_REBOOTED = 4.0  # minutes from one node's reboot to the next


@contextmanager
def nothing(_: Fleet) -> Iterator[None]:
    """Leave a fleet alone."""
    yield


@contextmanager
def no_dns(fleet: Fleet) -> Iterator[None]:
    """Silence DNS."""
    fleet.cluster.has_dns = False
    yield
    fleet.cluster.has_dns = True


@contextmanager
def no_dns_and_a_restart(fleet: Fleet) -> Iterator[None]:
    """Silence DNS, and replace an agent meanwhile."""
    with no_dns(fleet):
        fleet.cluster.replace(fleet.victim)
        yield


@contextmanager
def never_had_dns(fleet: Fleet) -> Iterator[None]:
    """Start without DNS."""
    with no_dns(fleet):
        yield


@contextmanager
def agent_killed(fleet: Fleet) -> Iterator[None]:
    """Kill an agent once."""
    fleet.cluster.kill(fleet.victim)
    fleet.cluster.restart(fleet.victim)
    yield


@contextmanager
def agent_down(fleet: Fleet) -> Iterator[None]:
    """Let an agent crash whenever it starts."""
    fleet.cluster.kill(fleet.victim)
    yield
    fleet.cluster.restart(fleet.victim)


@contextmanager
def node_off(fleet: Fleet) -> Iterator[None]:
    """Switch a node off and keep it in the cluster."""
    fleet.cluster.switch_off(fleet.victim)
    yield
    fleet.cluster.switch_on(fleet.victim)


@contextmanager
def node_drained(fleet: Fleet) -> Iterator[None]:
    """Cordon and drain a node, its agent too, and switch it off for ten minutes."""
    node = fleet.victim
    fleet.cluster.replace(node)
    fleet.later(1, partial(fleet.cluster.switch_off, node))
    fleet.later(11, partial(fleet.cluster.switch_on, node))
    yield


@contextmanager
def node_replaced(fleet: Fleet) -> Iterator[None]:
    """Replace a node by one of the same name."""
    node = fleet.victim
    fleet.cluster.remove(node)
    fleet.later(5, partial(fleet.cluster.join, node.name, node.pool))
    yield


@contextmanager
def node_removed(fleet: Fleet) -> Iterator[None]:
    """Remove a node."""
    fleet.cluster.remove(fleet.victim)
    yield


@contextmanager
def node_joins(fleet: Fleet) -> Iterator[None]:
    """Add a node."""
    fleet.cluster.join("worker-new", fleet.victim.pool)
    yield


@contextmanager
def rolling_update(fleet: Fleet) -> Iterator[None]:
    """Update the agents, a tenth at a time."""
    together = max(1, len(fleet.nodes) // 10)
    for number, node in enumerate(fleet.nodes):
        turn = number // together
        fleet.later(turn * _UPDATE, partial(fleet.cluster.replace, node))
    yield


@contextmanager
def rolling_reboot(fleet: Fleet) -> Iterator[None]:
    """Reboot all nodes, one by one."""
    for number, node in enumerate(fleet.nodes):
        fleet.later(number * _REBOOTED, partial(fleet.reboot, node))
    yield


def _starved(share: float, said: str) -> Fault:
    @contextmanager
    def starve(fleet: Fleet) -> Iterator[None]:
        fleet.victim.starved = share
        yield
        fleet.victim.starved = 0

    starve.__doc__ = f"Starve a node: {said} of its facts, scrapes and probes is late."
    return starve


starved = _starved(0.1, "a tenth")
often_starved = _starved(0.25, "a quarter")
very_often_starved = _starved(0.4, "two fifths")
badly_starved = _starved(0.6, "more than half")


@contextmanager
def prometheus_away(fleet: Fleet) -> Iterator[None]:
    """Restart Prometheus, away for four minutes."""
    fleet.prometheus.pause(4)
    yield


@contextmanager
def prometheus_long_away(fleet: Fleet) -> Iterator[None]:
    """Restart Prometheus, away for twenty minutes."""
    fleet.prometheus.pause(20)
    yield


@contextmanager
def prometheus_away_while_firing(fleet: Fleet) -> Iterator[None]:
    """Take SCTP from a node, and restart Prometheus 13 minutes later."""
    fleet.victim.has_sctp = False
    fleet.later(13, partial(fleet.prometheus.pause, 4))
    yield
    fleet.victim.has_sctp = True


@contextmanager
def pool_undeployed(fleet: Fleet) -> Iterator[None]:
    """Delete the agents of a pool."""
    pool = fleet.pool
    for node in pool:
        fleet.cluster.undeploy(node)
    yield
    for node in pool:
        fleet.cluster.replace(node)


@contextmanager
def pool_that_observes(fleet: Fleet) -> Iterator[None]:
    """Start with a pool that has no SCTP and only observes."""
    for node in fleet.pool:
        node.expectation, node.has_sctp = Expectation.OBSERVE, False
    yield


@contextmanager
def pod_that_asks(fleet: Fleet) -> Iterator[None]:
    """Let a pod ask for SCTP in a pool that has none and only observes."""

    def begin() -> None:
        fleet.victim.asked = True

    with pool_that_observes(fleet):
        fleet.later(0.6, begin)
        yield
    fleet.victim.asked = False


@contextmanager
def pool_that_forbids(fleet: Fleet) -> Iterator[None]:
    """Start with a pool where SCTP is forbidden, and absent."""
    for node in fleet.pool:
        node.expectation, node.has_sctp = Expectation.FORBIDDEN, False
    yield


@contextmanager
def ordinary_day(fleet: Fleet) -> Iterator[None]:
    """Leave a fleet to its ordinary churn for a day."""
    fleet.network.loss = 0.002
    for hour in range(1, 24):
        fleet.later(hour * 60, partial(_happen, fleet, hour))
    yield


def _happen(fleet: Fleet, hour: int) -> None:
    """Let happen what happens in this hour: everything comes round."""
    node = fleet.nodes[hour % len(fleet.nodes)]
    match hour % 8:
        case 1:
            fleet.reboot(node)
        case 2:
            with agent_killed(fleet):
                pass
        case 3:
            fleet.cluster.join(f"worker-new-{hour}", node.pool)
        case 4:
            fleet.cluster.remove(fleet.nodes[-1])
        case 5:
            fleet.cluster.has_dns = False
            fleet.later(2, partial(_change, fleet.cluster, has_dns=True))
        case 6:
            with rolling_update(fleet):
                pass
        case 7:
            with prometheus_away(fleet):
                pass
        case _:
            node.starved = 0.1
            fleet.later(5, partial(_change, node, starved=0.0))


def _change(what: Cluster | Node, **values: object) -> None:
    for name, value in values.items():
        setattr(what, name, value)
