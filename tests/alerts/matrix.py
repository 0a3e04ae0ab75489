"""The matrix: what is done to which fleets, and exactly the alerts that it deserves."""

from dataclasses import dataclass, field

from tests.alerts import faults, operations
from tests.alerts.fleets import Fault, Shape, Times

NODE, BOTH = "the node", "each of both nodes"
POOL, FLEET = "the pool", "no node by name"


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
SMALL = TWO, THREE, SIX
DUAL = Shape(6, pools=2, families=2)
POOLS = Shape(6, pools=2)
QUIET = Shape(6, probing=False)
QUIET_POOLS = Shape(6, pools=2, probing=False)

_FIRST_DAY = Times(begin=0, end=25, stop=40)
_DAY = Times(begin=0, end=24 * 60, stop=24 * 60)
_TOUR = Times(begin=12, end=52, stop=66)
_SHORT = Times(begin=11, end=23, stop=29)
_LONG = Times(begin=11, end=50, stop=56)


def _one(alert: str, fires: float, ends: float, whom: str = NODE) -> tuple[Wanted]:
    return (Wanted(alert, fires, ends, whom),)


_HEALTHY = (
    Row(operations.nothing, (*SMALL, TWENTY, DUAL), times=_SHORT),
    Row(operations.ordinary_day, (THREE,), times=_DAY),
    Row(operations.rolling_update, (*SMALL, TWENTY, DUAL), times=_SHORT),
    Row(operations.rolling_reboot, SMALL),
    Row(operations.node_joins, SMALL),
    Row(operations.node_removed, SMALL),
    Row(operations.node_drained, SMALL),
    Row(operations.node_replaced, SMALL),
    Row(faults.removed_while_pending, SMALL),
    Row(operations.starved, SMALL),
    Row(operations.agent_killed, SMALL),
    Row(operations.prometheus_away, SMALL),
    Row(operations.no_dns, SMALL),
    Row(operations.pool_that_observes, (POOLS,), times=_FIRST_DAY),
    Row(operations.pool_that_forbids, (POOLS,), times=_FIRST_DAY),
)

_NODES = (
    Row(operations.agent_down, SMALL, _one("SCTPAgentDown", 16, 5)),
    Row(
        operations.badly_starved,
        (TWO, THREE, SIX),
        _one("SCTPAgentDown", 20, 6),
        _TOUR,
    ),
    Row(operations.node_off, SMALL, _one("SCTPAgentDown", 16, 5)),
    Row(
        faults.never_had_sctp,
        (*SMALL, FIFTY, DUAL, QUIET),
        _one("SCTPUnavailable", 7, 4),
        _FIRST_DAY,
    ),
    Row(
        faults.lost_by_reboot,
        (*SMALL, TWENTY, DUAL, QUIET),
        _one("SCTPLostAfterReboot", 11, 5),
        _SHORT,
    ),
    Row(
        operations.prometheus_away_while_firing,
        (QUIET,),
        _one("SCTPUnavailable", 11, 4),
    ),
    Row(
        faults.denied_at_next_boot,
        (QUIET,),
        _one("SCTPWillNotSurviveReboot", 11, 4),
    ),
    Row(
        faults.pool_without_sctp,
        (POOLS, QUIET_POOLS),
        _one("SCTPPoolUnavailable", 9, 6, POOL),
    ),
    Row(
        faults.bad_rollout,
        (POOLS, QUIET_POOLS),
        (
            Wanted("SCTPLostAfterReboot", 15, 5, BOTH),
            Wanted("SCTPPoolDegraded", 16, 8, POOL),
        ),
    ),
    Row(
        operations.pod_that_asks,
        (POOLS,),
        _one("SCTPDeniedToWorkload", 3, 13),
        Times(end=32, stop=50),
    ),
    Row(operations.pool_undeployed, (POOLS,), _one("SCTPPoolAbsent", 17, 1, POOL)),
    Row(operations.pool_undeployed, SMALL, _one("SCTPAgentAbsent", 16, 1, FLEET)),
    Row(
        faults.certificate_not_renewed,
        (TWO, SIX),
        _one("SCTPAgentCertificateEnding", 32, 3),
        _LONG,
    ),
    Row(
        faults.certificate_renewed_badly,
        (TWO, SIX),
        _one("SCTPAgentReloadFailing", 12, 3),
        _LONG,
    ),
    Row(
        faults.folder_not_writable,
        (TWO, SIX),
        _one("SCTPAgentHandoverFailing", 18, 3),
    ),
    Row(faults.no_new_sockets, (*SMALL, QUIET), _one("SCTPSocketsFailing", 11, 8)),
)

_POD, _SERVICE = "SCTPPodPathFailing", "SCTPServicePathFailing"

_PATHS = (
    Row(faults.init_dropped_inward, (THREE, SIX, TWENTY), _one(_POD, 10, 5)),
    Row(faults.init_dropped_inward, (TWO,), _one(_POD, 10, 5, FLEET)),
    Row(faults.init_dropped_outward, (THREE, SIX), _one(_POD, 10, 5)),
    Row(faults.init_dropped_outward, (TWO,), _one(_POD, 10, 5, FLEET)),
    Row(faults.init_dropped_both_ways, (THREE, SIX), _one(_POD, 10, 5)),
    Row(faults.init_dropped_both_ways, (TWO,), _one(_POD, 10, 5, FLEET)),
    Row(faults.init_dropped_over_ipv6, (DUAL,), _one(_POD, 10, 5)),
    Row(operations.no_dns_and_a_restart, SMALL, _one(_POD, 10, 5)),
    Row(operations.never_had_dns, SMALL, _one(_POD, 10, 5, FLEET), _FIRST_DAY),
    Row(faults.no_responder, (*SMALL, TWENTY), _one(_POD, 10, 5)),
    Row(faults.one_pair_severed, SMALL, _one(_POD, 10, 5, FLEET)),
    Row(faults.far_pair_severed, (TWENTY,), _one(_POD, 17, 5, FLEET), _TOUR),
    Row(faults.refused_as_without_sctp, (TWO, THREE, SIX, TWENTY), _one(_POD, 10, 5)),
    Row(faults.partition, (TWO, SIX, TWENTY), _one(_POD, 10, 5, FLEET)),
    Row(faults.service_not_translated, SMALL, _one(_SERVICE, 10, 5, FLEET)),
    Row(faults.service_broken, SMALL, _one(_SERVICE, 10, 5, FLEET)),
    Row(faults.node_ports_of_all, SMALL, _one(_SERVICE, 10, 5, FLEET)),
    Row(faults.proxy_of_a_node, SMALL, _one(_SERVICE, 10, 5)),
    Row(faults.node_port_of_a_node, (*SMALL, TWENTY), _one(_SERVICE, 10, 5)),
)

MATRIX = _HEALTHY + _NODES + _PATHS
