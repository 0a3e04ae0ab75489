"""Faults that strike while something else goes on, and nodes that go with theirs.

Their docstrings are the first column of the table in docs/alerts.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product

from agent.findings import Expectation
from tests.alerts import faults, operations
from tests.alerts.fleets import OTHER, Fault, Fleet

_FIRES = 12.0  # minutes after which the alert of a fault is out
_PERIOD, _GONE = 5, 4  # minutes


def from_the_start(fault: Fault) -> Fault:
    """Return the same, for a fleet whose nodes never saw it otherwise."""
    return _said(fault, f"From the start: {_lower(fault)}.")


def and_update(fault: Fault) -> Fault:
    """Return the same, with all agents replaced while its alert fires."""

    def update(fleet: Fleet) -> None:
        with operations.rolling_update(fleet):
            pass

    @contextmanager
    def both(fleet: Fleet) -> Iterator[None]:
        fleet.later(_FIRES, partial(update, fleet))
        with fault(fleet):
            yield

    return _said(both, f"{_text(fault)}, and update all agents meanwhile.")


def beside_observed(fault: Fault) -> Fault:
    """Return the same, with another pool that has no SCTP and expects none."""

    @contextmanager
    def both(fleet: Fleet) -> Iterator[None]:
        for node in fleet.nodes:
            if node.pool != fleet.victim.pool:
                node.expectation, node.has_sctp = Expectation.OBSERVE, False
        with fault(fleet):
            yield

    return _said(
        both, f"Beside a pool without SCTP that only observes: {_lower(fault)}."
    )


def _said(fault: Fault, text: str) -> Fault:
    fault = partial(fault)
    fault.__doc__ = text
    return fault


def _text(fault: Fault) -> str:
    assert fault.__doc__
    return fault.__doc__.rstrip(".")


def _lower(fault: Fault) -> str:
    text = _text(fault)
    return text[0].lower() + text[1:]


@contextmanager
def removed_while_firing(fleet: Fleet) -> Iterator[None]:
    """Take SCTP from a node, and remove it in the end."""
    node = fleet.victim
    node.has_sctp = False
    yield
    fleet.cluster.remove(node)


@contextmanager
def dropped_and_removed(fleet: Fleet) -> Iterator[None]:
    """Drop INITs to a node, and remove it in the end."""
    node = fleet.victim
    fleet.network.inward.add(node.name)
    yield
    fleet.cluster.remove(node)


@contextmanager
def dropped_and_removed_soon(fleet: Fleet) -> Iterator[None]:
    """Drop INITs to a node, and remove it five minutes later."""
    fleet.network.inward.add(fleet.victim.name)
    fleet.later(5, partial(fleet.cluster.remove, fleet.victim))
    yield


@contextmanager
def off_and_deleted(fleet: Fleet) -> Iterator[None]:
    """Switch a node off, and delete it in the end."""
    node = fleet.victim
    fleet.cluster.switch_off(node)
    yield
    fleet.cluster.delete(node)


@contextmanager
def comes_and_goes(fleet: Fleet) -> Iterator[None]:
    """Take SCTP from a node for four of each five minutes."""
    node = fleet.victim

    def take() -> None:
        node.has_sctp = False

    def give() -> None:
        node.has_sctp = True

    for start in range(0, 60, _PERIOD):
        fleet.later(start, take)
        fleet.later(start + _GONE, give)
    yield


@contextmanager
def drops_come_and_go(fleet: Fleet) -> Iterator[None]:
    """Drop INITs to a node for four of each five minutes."""
    inward = fleet.network.inward
    for start in range(0, 60, _PERIOD):
        fleet.later(start, partial(inward.add, fleet.victim.name))
        fleet.later(start + _GONE, inward.clear)
    yield


@contextmanager
def rebooted_and_dropped(fleet: Fleet) -> Iterator[None]:
    """Reboot a node, and drop INITs to it from then on."""
    fleet.reboot(fleet.victim)
    with faults.init_dropped_inward(fleet):
        yield


@contextmanager
def pool_lost_by_reboot(fleet: Fleet) -> Iterator[None]:
    """Reboot a whole pool into a system without SCTP."""
    pool = fleet.pool
    for node in pool:
        fleet.reboot(node, has_sctp=False)
    yield
    for node in pool:
        node.has_sctp = True


@contextmanager
def all_rebooted(fleet: Fleet) -> Iterator[None]:
    """Reboot all nodes at once."""
    for node in fleet.nodes:
        fleet.reboot(node)
    yield


@contextmanager
def half_removed(fleet: Fleet) -> Iterator[None]:
    """Remove half of the nodes, one after another."""
    leaving = fleet.nodes[len(fleet.nodes) // 2 :]
    for number, node in enumerate(leaving):
        fleet.later(number / 2, partial(fleet.cluster.remove, node))
    yield


@contextmanager
def two_cut_off(fleet: Fleet) -> Iterator[None]:
    """Drop SCTP between two nodes and all others."""
    near = {fleet.victim.name, OTHER}
    far = fleet.cluster.nodes.keys() - near
    fleet.network.severed |= {*product(near, far), *product(far, near)}
    yield
    fleet.network.severed.clear()
