"""What the agent of one node finds out, or cannot find out, besides SCTP that is gone.

Their docstrings are the first column of the table in docs/alerts.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from agent.findings import Expectation, Finding, Reason, Status
from tests.alerts.fleets import Fleet

_DRIFT = Finding(Status.WARN, Reason.CONFIG_DRIFT, "a file is not as declared")
_CRASH = Finding(Status.UNKNOWN, Reason.CHECK_CRASHED, "a defect")


@contextmanager
def loaded_where_forbidden(fleet: Fleet) -> Iterator[None]:
    """Load SCTP on a node of a pool where it is forbidden."""
    node = fleet.victim
    for one in fleet.pool:
        one.expectation, one.has_sctp = Expectation.FORBIDDEN, one is node
    yield
    node.has_sctp = False


@contextmanager
def blind(fleet: Fleet) -> Iterator[None]:
    """Let the agent of a node not find out whether SCTP works."""
    fleet.victim.blind = True
    yield
    fleet.victim.blind = False


@contextmanager
def hung(fleet: Fleet) -> Iterator[None]:
    """Let the agent of a node answer scrapes, and evaluate nothing."""
    fleet.victim.hung = fleet.now
    yield
    fleet.victim.hung = None


@contextmanager
def check_crashes(fleet: Fleet) -> Iterator[None]:
    """Let a check of a node's agent crash."""
    fleet.victim.found["kmod_alias"] = _CRASH
    yield
    fleet.victim.found.clear()


@contextmanager
def drifted(fleet: Fleet) -> Iterator[None]:
    """Change a file that the MachineConfig of a node declares."""
    fleet.victim.found["config_drift"] = _DRIFT
    yield
    fleet.victim.found.clear()


@contextmanager
def packets_damaged(fleet: Fleet) -> Iterator[None]:
    """Damage a packet every ten seconds on its way to a node."""
    fleet.victim.damaged = 0.1
    yield
    fleet.victim.damaged = 0.0


@contextmanager
def slow(fleet: Fleet) -> Iterator[None]:
    """Lose a packet of each probe from or to a node, which is sent again."""
    fleet.victim.slow = 0.4
    yield
    fleet.victim.slow = 0.0
