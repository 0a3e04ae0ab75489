"""The matrix: what is done to which fleets, and exactly the alerts that it deserves."""

from dataclasses import dataclass, field

from tests.alerts import discoveries, faults, meanwhile, operations
from tests.alerts.fleets import Fault, Shape, Times
from tests.alerts.meanwhile import and_update, beside_observed, from_the_start

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
EIGHT = Shape(8)
DUAL = Shape(6, pools=2, families=2)
TWO_DUAL, THREE_DUAL = Shape(2, families=2), Shape(3, families=2)
POOLS = Shape(6, pools=2)
QUIET = Shape(6, probing=False)
QUIET_POOLS = Shape(6, pools=2, probing=False)

_FIRST_DAY = Times(begin=0, end=25, stop=40)
_DAY = Times(begin=0, end=24 * 60, stop=24 * 60)
_TOUR = Times(begin=12, end=52, stop=66)
_SHORT = Times(begin=11, end=23, stop=29)
_LONG = Times(begin=11, end=50, stop=56)
_HOUR = Times(begin=12, end=72, stop=84)
_WHILE = Times(begin=12, end=42, stop=52)


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
    Row(meanwhile.dropped_and_removed_soon, SMALL),
    Row(meanwhile.half_removed, (SIX, TWENTY)),
    Row(meanwhile.all_rebooted, SMALL),
    Row(operations.starved, SMALL),
    Row(operations.often_starved, SMALL, times=_HOUR),
    Row(operations.agent_killed, SMALL),
    Row(operations.prometheus_away, SMALL),
    Row(operations.prometheus_long_away, SMALL, times=_WHILE),
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
    Row(operations.very_often_starved, SMALL, _one("SCTPAgentDown", 45, 6), _HOUR),
    Row(operations.node_off, SMALL, _one("SCTPAgentDown", 16, 5)),
    Row(meanwhile.off_and_deleted, SMALL, _one("SCTPAgentDown", 16, 0)),
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
    Row(meanwhile.removed_while_firing, SMALL, _one("SCTPUnavailable", 11, 3)),
    Row(meanwhile.comes_and_goes, SMALL, _one("SCTPUnavailable", 13, 3), _HOUR),
    Row(
        and_update(faults.never_had_sctp),
        SMALL,
        _one("SCTPUnavailable", 11, 4),
        _WHILE,
    ),
    Row(
        beside_observed(faults.lost_by_reboot),
        (POOLS,),
        _one("SCTPLostAfterReboot", 11, 5),
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
        meanwhile.pool_lost_by_reboot,
        (*SMALL, POOLS),
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

_DISCOVERIES = (
    Row(
        discoveries.loaded_where_forbidden,
        (POOLS,),
        _one("SCTPPresentWhereForbidden", 11, 4),
    ),
    Row(discoveries.blind, (THREE, QUIET), _one("SCTPStateUnknown", 16, 4)),
    Row(discoveries.hung, (THREE, QUIET), _one("SCTPAgentStale", 12, 2)),
    Row(discoveries.check_crashes, (QUIET,), _one("SCTPAgentCheckCrashed", 17, 8)),
    Row(discoveries.drifted, (QUIET,), _one("SCTPConfigDrift", 33, 4), _LONG),
    Row(discoveries.packets_damaged, (QUIET,), _one("SCTPChecksumErrors", 10, 17)),
    Row(discoveries.slow, SMALL, _one("SCTPPathSlow", 25, 20), _HOUR),
)

_POD, _SERVICE = "SCTPPodPathFailing", "SCTPServicePathFailing"

_PATHS = (
    Row(faults.init_dropped_inward, (THREE, SIX, TWENTY), _one(_POD, 11, 5)),
    Row(faults.init_dropped_inward, (TWO,), _one(_POD, 11, 5, FLEET)),
    Row(faults.init_dropped_outward, (THREE, SIX), _one(_POD, 11, 5)),
    Row(faults.init_dropped_outward, (TWO,), _one(_POD, 11, 5, FLEET)),
    Row(faults.init_dropped_both_ways, (THREE, SIX, THREE_DUAL), _one(_POD, 11, 5)),
    Row(faults.init_dropped_both_ways, (TWO, TWO_DUAL), _one(_POD, 11, 5, FLEET)),
    Row(faults.init_dropped_over_ipv6, (THREE_DUAL, DUAL), _one(_POD, 11, 5)),
    Row(faults.init_dropped_over_ipv6, (TWO_DUAL,), _one(_POD, 11, 5, FLEET)),
    *(
        Row(fault, shapes, _one(_POD, 11, 5, whom), times)
        for whom, shapes in ((FLEET, (TWO,)), (NODE, (THREE, SIX, THREE_DUAL)))
        for fault, times in (
            (from_the_start(faults.init_dropped_inward), _FIRST_DAY),
            (from_the_start(faults.init_dropped_outward), _FIRST_DAY),
            (and_update(faults.init_dropped_inward), _WHILE),
            (and_update(faults.init_dropped_outward), _WHILE),
            (and_update(faults.init_dropped_both_ways), _WHILE),
        )
    ),
    Row(meanwhile.rebooted_and_dropped, (THREE, SIX), _one(_POD, 20, 5), _WHILE),
    Row(meanwhile.drops_come_and_go, (THREE, SIX), _one(_POD, 13, 5), _HOUR),
    Row(meanwhile.dropped_and_removed, (THREE, SIX), _one(_POD, 11, 5)),
    Row(beside_observed(faults.init_dropped_inward), (POOLS,), _one(_POD, 11, 5)),
    Row(
        beside_observed(faults.service_not_translated),
        (POOLS,),
        _one(_SERVICE, 14, 7, FLEET),
    ),
    Row(operations.no_dns_and_a_restart, SMALL, _one(_POD, 11, 5)),
    Row(operations.never_had_dns, SMALL, _one(_POD, 11, 5, FLEET), _FIRST_DAY),
    Row(faults.no_responder, (*SMALL, TWENTY), _one(_POD, 11, 5)),
    Row(faults.one_pair_severed, SMALL, _one(_POD, 11, 5, FLEET)),
    Row(faults.far_pair_severed, (TWENTY,), _one(_POD, 17, 5, FLEET), _TOUR),
    Row(faults.refused_as_without_sctp, (TWO, THREE, SIX, TWENTY), _one(_POD, 11, 5)),
    Row(
        from_the_start(faults.refused_as_without_sctp),
        (THREE, SIX),
        _one(_POD, 11, 5),
        _FIRST_DAY,
    ),
    Row(faults.partition, (TWO, SIX, TWENTY, TWO_DUAL), _one(_POD, 11, 5, FLEET)),
    Row(meanwhile.two_cut_off, (SIX, EIGHT, TWENTY), _one(_POD, 11, 5, BOTH)),
    Row(faults.service_not_translated, SMALL, _one(_SERVICE, 11, 5, FLEET)),
    Row(faults.service_broken, SMALL, _one(_SERVICE, 11, 5, FLEET)),
    Row(faults.node_ports_of_all, SMALL, _one(_SERVICE, 11, 5, FLEET)),
    Row(faults.proxy_of_a_node, (*SMALL, DUAL), _one(_SERVICE, 11, 5)),
    Row(
        faults.node_port_of_a_node, (*SMALL, TWENTY, THREE_DUAL), _one(_SERVICE, 11, 5)
    ),
)

MATRIX = _HEALTHY + _NODES + _DISCOVERIES + _PATHS
