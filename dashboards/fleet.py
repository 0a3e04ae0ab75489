"""The dashboard *SCTP fleet*: from thousands of nodes to those that need somebody.

It reads what the recording rules have counted. Series of single nodes are read at one
moment only, never over time.
"""

from dashboards.fleet_findings import AGENTS, FINDINGS
from dashboards.fleet_numbers import NUMBERS, OVER_TIME
from dashboards.fleet_paths import PATHS
from dashboards.model import Dashboard, Row
from dashboards.variables import CLUSTER, NODES, POOL

FLEET = Dashboard(
    name="sctp-fleet",
    title="SCTP fleet",
    description="Where SCTP works, where it will after a reboot, and why not.",
    span="6h",
    variables=(CLUSTER, POOL, NODES),
    rows=(
        Row("Now", NUMBERS),
        Row("What is wrong, and where", FINDINGS),
        Row("Over time", OVER_TIME),
        Row("Agents and drift", AGENTS),
        Row("Paths between nodes", PATHS),
    ),
    others={"sctp-node": "SCTP node"},
)
