"""The matrix: what is done to which fleets, and exactly the alerts that it deserves."""

from dataclasses import dataclass, field

from tests.alerts import faults, operations
from tests.alerts.fleets import Fault, Shape, Times

NODE, POOL, FLEET = "the node", "the pool", "all nodes at once"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert about *whom*; at most so many minutes after the fault, and its end."""

    alert: str
    fires: float
    ends: float
    whom: str = NODE


@dataclass(frozen=True, slots=True)
class Row:
    """One fault, the fleets that it is put into, and every alert that is wanted."""

    fault: Fault
    shapes: tuple[Shape, ...]
    wanted: tuple[Wanted, ...] = ()
    times: Times = field(default_factory=Times)

    @property
    def done(self) -> str:
        """What is done to the fleet."""
        assert self.fault.__doc__
        return self.fault.__doc__.rstrip(".")


TWO, THREE, SIX, TWENTY, FIFTY = map(Shape, (2, 3, 6, 20, 50))
DUAL = Shape(6, pools=2, families=2)
POOLS = Shape(6, pools=2)
QUIET = Shape(6, probing=False)

_FIRST_DAY = Times(begin=0, end=25, stop=40)
_DAY = Times(begin=0, end=24 * 60, stop=24 * 60)
_SHORT = Times(begin=12, end=24, stop=30)


def _one(alert: str, fires: float, ends: float, whom: str = NODE) -> tuple[Wanted]:
    return (Wanted(alert, fires, ends, whom),)


MATRIX = (
    Row(operations.nothing, (TWO, DUAL)),
    Row(operations.rolling_update, (THREE, SIX, FIFTY), times=_SHORT),
    Row(operations.rolling_reboot, (THREE, SIX)),
    Row(operations.node_joins, (SIX,)),
    Row(operations.node_removed, (TWO, THREE, SIX)),
    Row(operations.node_drained, (TWO, DUAL)),
    Row(operations.node_replaced, (TWO, DUAL)),
    Row(operations.starved, (THREE, SIX)),
    Row(operations.ordinary_day, (THREE,), times=_DAY),
    Row(operations.agent_killed, (TWO, THREE)),
    Row(operations.prometheus_away, (SIX,)),
    Row(operations.no_dns, (THREE,)),
    Row(operations.pool_that_forbids, (POOLS,), times=_FIRST_DAY),
    Row(operations.agent_down, (TWO, SIX), _one("SCTPAgentDown", 15, 5)),
    Row(operations.node_off, (THREE, SIX), _one("SCTPAgentDown", 15, 5)),
    Row(
        faults.never_had_sctp,
        (QUIET,),
        _one("SCTPUnavailable", 6, 4),
        _FIRST_DAY,
    ),
    Row(faults.lost_by_reboot, (QUIET,), _one("SCTPLostAfterReboot", 10, 5)),
    Row(
        faults.denied_at_next_boot,
        (QUIET,),
        _one("SCTPWillNotSurviveReboot", 10, 4),
    ),
    Row(
        faults.service_not_translated,
        (THREE, SIX),
        _one("SCTPServicePathFailing", 10, 5, FLEET),
    ),
    Row(
        faults.service_broken,
        (SIX, TWENTY),
        _one("SCTPServicePathFailing", 10, 5, FLEET),
    ),
    Row(
        faults.node_ports_of_all,
        (SIX,),
        _one("SCTPServicePathFailing", 10, 5, FLEET),
    ),
    Row(faults.proxy_of_a_node, (SIX,), _one("SCTPServicePathFailing", 10, 5)),
    Row(faults.node_port_of_a_node, (SIX,), _one("SCTPServicePathFailing", 10, 5)),
    Row(
        faults.pool_without_sctp,
        (Shape(6, pools=2, probing=False),),
        _one("SCTPPoolUnavailable", 8, 6, POOL),
    ),
)
