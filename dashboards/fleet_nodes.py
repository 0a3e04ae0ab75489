"""Panels of the fleet that name the nodes that need somebody, and why."""

from dashboards import codes
from dashboards.model import Colour, Column, Kind, Link, Number, Panel, Query, Unit
from dashboards.queries import (
    NODE,
    NONE,
    NONE_OF_FLEET,
    alerts,
    joined,
    named,
    or_none,
    or_row,
    renamed,
    short,
)

NAME = Column("name", "Node", Link.NODE)
_TROUBLED = "|".join(alert for _, alert in codes.WORST_FIRST)
_BAD = 'sctp_node_compliant{POOLS,status=~"false|unknown"} == 1'
#: Of two alerts of a node the older one; NaN for a node that has none.
_SINCE = f"""(
  bottomk by ({NODE}) (1, ALERTS_FOR_STATE{{POOLS,alertname=~"{_TROUBLED}"}})
  or on ({NODE}) NaN * max by ({NODE}) ({_BAD})
)"""
_TROUBLE = joined(
    _SINCE,
    status=_BAD,
    expectation="node:sctp_node_expectation:last{POOLS}",
    reason="sctp_node_reason{POOLS}",
    now=renamed("sctp_node_state{POOLS}", "now"),
    after=renamed("sctp_node_boot_state{POOLS}", "after"),
)
_FOUND = (
    f"max by ({NODE}, check, status)"
    " (node_check_status:sctp_node_check_status:max{POOLS})"
)
_REASON = "pool_expectation_reason:sctp_node_reason:sum"
RUNBOOK = Column("alertname", "Alert", Link.RUNBOOK)

NODES = (
    Panel(
        Kind.TABLE,
        "Nodes that are not as expected",
        "The latest first, each since its alert has been pending or firing. No time: "
        "no alert stands for it, or the alerts are not installed.",
        (
            Query(
                short(
                    or_row(_TROUBLE, named(f"NaN * ({NONE_OF_FLEET})", node=NONE)),
                ),
                "{{node}}",
            ),
        ),
        Unit.MOMENT,
        24,
        height=9,
        columns=(
            NAME,
            Column("cluster", "Cluster"),
            Column("pool", "Pool"),
            Column("expectation", "Expected"),
            Column("status", "As expected", meanings=codes.COMPLIANCE_WORDS),
            Column("now", "Now", meanings=codes.STATE_WORDS),
            Column("after", "After a reboot", meanings=codes.STATE_WORDS),
            Column("reason", "Reason", Link.REASON),
            RUNBOOK,
        ),
        numbers=(Number("Since", Unit.MOMENT),),
        latest="Since",
    ),
    Panel(
        Kind.TABLE,
        "What finds something, by node and check",
        "Every check that fails, warns or cannot tell, also where the node is as "
        "expected: at most 500 of them.",
        (Query(short(or_none(f"topk(500, {_FOUND})", node=NONE)), "{{node}}"),),
        Unit.COUNT,
        12,
        height=10,
        columns=(
            NAME,
            Column("pool", "Pool"),
            Column("check", "Check"),
            Column("status", "Status", meanings=codes.STATUS_WORDS),
        ),
    ),
    Panel(
        Kind.BARS,
        "Nodes by reason",
        "The one reason of each verdict that is not that all is well.",
        (
            Query(
                or_none(
                    f"sort_desc(sum by (reason) "
                    f'({_REASON}{{POOLS,reason!="AsExpected"}}) > 0)',
                    reason=NONE,
                ),
                "{{reason}}",
                Colour.TEAL,
            ),
        ),
        Unit.COUNT,
        6,
        height=10,
        columns=(Column("reason", "Reason"),),
        numbers=(Number("Nodes"),),
    ),
    Panel(
        Kind.TABLE,
        "Alerts",
        "How many times each alert fires in the chosen clusters, whichever the pool; "
        "the name leads to what to do about it.",
        (Query(alerts("CLUSTERS", NONE_OF_FLEET), "{{alertname}}"),),
        Unit.COUNT,
        6,
        height=10,
        columns=(RUNBOOK,),
        numbers=(Number("Firing", bad=1),),
        latest="Firing",
    ),
)

TROUBLED = Panel(
    Kind.TIMELINE,
    "Troubled nodes",
    "By the alerts, pending or firing: the 30 nodes that were troubled longest. "
    "Where a line has no colour the node was as expected, or silent.",
    (
        Query(
            short(
                or_row(
                    "(\n  "
                    + "\n  or ".join(
                        f"{number} * group by (cluster, node) "
                        f'(ALERTS{{POOLS,alertname="{alert}"}})'
                        for number, alert in codes.WORST_FIRST
                    )
                    + f"""
)
and on (cluster, node) topk(30, sum by (cluster, node) (
  count_over_time(ALERTS{{POOLS,alertname=~"{_TROUBLED}"}}[$__range] @ end())
))""",
                    named(
                        f"1 + {NONE_OF_FLEET} unless on () group("
                        f'count_over_time(ALERTS{{POOLS,alertname=~"{_TROUBLED}"}}'
                        "[$__range] @ end()))",
                        node="every node",
                    ),
                )
            ),
            "{{cluster}} {{name}}",
        ),
    ),
    Unit.CODE,
    12,
    meanings=codes.TROUBLE,
)
