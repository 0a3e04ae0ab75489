"""Panels of the fleet that name the nodes and agents that need somebody."""

from dashboards import codes
from dashboards.model import Colour, Column, Kind, Panel, Query, Unit
from dashboards.queries import (
    NODE,
    NONE_OF_FLEET,
    RUNBOOKS,
    alerts,
    joined,
    named,
    or_row,
)

_COMPLIANT = "pool_expectation_status:sctp_node_compliant:sum"
_TO_NODE = "/d/sctp-node?var-node={value}&${cluster:queryparam}"
#: The name in an empty table's only row.
_NONE = "(none)"

_TROUBLED = "|".join(alert for _, alert in codes.WORST_FIRST)
_BAD = 'sctp_node_compliant{NODES,status=~"false|unknown"} == 1'
#: Of two alerts of a node the older one; NaN for a node that has none.
_SINCE = f"""(
  bottomk by ({NODE}) (1, ALERTS_FOR_STATE{{NODES,alertname=~"{_TROUBLED}"}})
  or on ({NODE}) NaN * max by ({NODE}) ({_BAD})
)"""
_TROUBLE = joined(
    _SINCE,
    status=_BAD,
    expectation="node:sctp_node_expectation:last{NODES}",
    reason="sctp_node_reason{NODES}",
)

FINDINGS = (
    Panel(
        Kind.TABLE,
        "Nodes that are not as expected",
        "Each with its reason, and since when its alert has been pending or firing. "
        "No time: no alert stands for it, or the alerts are not installed.",
        (
            Query(
                or_row(
                    _TROUBLE,
                    named(f"NaN * sum({_COMPLIANT}{{POOLS}})", node=_NONE),
                ),
                "{{node}}",
            ),
        ),
        Unit.MOMENT,
        16,
        height=10,
        columns=(
            Column("node", "Node", _TO_NODE),
            Column("pool", "Pool"),
            Column("expectation", "Expected"),
            Column("status", "As expected"),
            Column("reason", "Reason"),
            Column("alertname", "Alert", f"{RUNBOOKS}/{{value}}.md"),
        ),
        value="Since",
    ),
    Panel(
        Kind.BARS,
        "Nodes by reason",
        "The one reason of each node's verdict; AsExpected where all is well.",
        (
            Query(
                "sort_desc(sum by (reason) "
                "(pool_expectation_reason:sctp_node_reason:sum{POOLS}))",
                "{{reason}}",
                Colour.SKY,
            ),
        ),
        Unit.COUNT,
        8,
        height=10,
        columns=(Column("reason", "Reason"),),
        value="Nodes",
    ),
    Panel(
        Kind.TABLE,
        "Alerts",
        "How many times each alert fires in the chosen clusters, whichever the pool; "
        "the name leads to what to do about it.",
        (Query(alerts("CLUSTERS", NONE_OF_FLEET), "{{alertname}}"),),
        Unit.COUNT,
        8,
        height=10,
        columns=(Column("alertname", "Alert", f"{RUNBOOKS}/{{value}}.md"),),
        value="Firing",
    ),
    Panel(
        Kind.TIMELINE,
        "Troubled nodes over time",
        "By the alerts, pending or firing: the 30 nodes that were troubled longest. "
        "Where a line has no colour the node was as expected, or silent.",
        (
            Query(
                or_row(
                    "(\n  "
                    + "\n  or ".join(
                        f"{number} * group by (cluster, node) "
                        f'(ALERTS{{NODES,alertname="{alert}"}})'
                        for number, alert in codes.WORST_FIRST
                    )
                    + f"""
)
and on (cluster, node) topk(30, sum by (cluster, node) (
  count_over_time(ALERTS{{NODES,alertname=~"{_TROUBLED}"}}[$__range] @ end())
))""",
                    named(f"1 + {NONE_OF_FLEET}", node="every node"),
                ),
                "{{node}}",
            ),
        ),
        Unit.CODE,
        16,
        height=10,
        meanings=codes.TROUBLE,
    ),
)

_PROBLEMS = f"""{
    named(
        f'max by ({NODE}) (max_over_time(up{{job="sctp-node-agent",NODES}}[5m])) == 0',
        problem="down: not scraped for five minutes",
    )
}
or {
    named(
        f"max by ({NODE}) "
        "(changes(sctp_agent_last_run_timestamp_seconds{NODES}[5m])) == 0",
        problem="stale: no evaluation for five minutes",
    )
}
or {
    named(
        f"max by ({NODE}) (sctp_node_check_status"
        '{NODES,check="config_drift",status="warn"}) == 1',
        problem="drifted: not as its MachineConfig declares",
    )
}"""
_CHECKS = "pool_check_status:sctp_node_check_status:sum"
AGENTS = (
    Panel(
        Kind.TABLE,
        "Agents that are down or stale, nodes that drifted",
        "What is said about nodes whose agent is down or stale is old or missing.",
        (Query(or_row(_PROBLEMS, named(NONE_OF_FLEET, node=_NONE)), "{{node}}"),),
        Unit.COUNT,
        8,
        columns=(
            Column("node", "Node", _TO_NODE),
            Column("pool", "Pool"),
            Column("problem", "Problem"),
        ),
    ),
    Panel(
        Kind.SERIES,
        "Agents that are down or stale",
        "A few at a time are nodes that reboot or agents that are replaced.",
        (
            Query(
                f"sum(pool:sctp_agents_down:count{{POOLS}}) or {NONE_OF_FLEET}",
                "down",
                Colour.VERMILLION,
            ),
            Query(
                f"sum(pool:sctp_agents_stale:count{{POOLS}}) or {NONE_OF_FLEET}",
                "stale",
                Colour.ORANGE,
            ),
        ),
        Unit.COUNT,
        8,
    ),
    Panel(
        Kind.SERIES,
        "Checks that find something",
        "On how many nodes checks fail, warn or cannot tell.",
        tuple(
            Query(
                f'sum({_CHECKS}{{POOLS,status="{status}"}}) or {NONE_OF_FLEET}',
                legend,
                colour,
            )
            for status, legend, colour in (
                ("fail", "fail", Colour.VERMILLION),
                ("warn", "warn", Colour.ORANGE),
                ("unknown", "cannot tell", Colour.PURPLE),
            )
        ),
        Unit.COUNT,
        8,
    ),
)
