"""The dashboard *SCTP fleet*: from thousands of nodes to those that need somebody.

It reads what the recording rules have counted. Series of single nodes are read at one
moment only, never over time.
"""

from dashboards.fleet_common import COMMON, EVENTS
from dashboards.fleet_nodes import NODES, TROUBLED
from dashboards.fleet_paths import FAILING, PATHS
from dashboards.fleet_pools import NUMBERS, OVER_TIME
from dashboards.model import Dashboard, Row
from dashboards.requests import ON_FLEET as REQUESTS
from dashboards.variables import CLUSTERS, POOL
from dashboards.workloads import ON_FLEET as USERS

FLEET = Dashboard(
    name="sctp-fleet",
    title="SCTP fleet",
    description="Where SCTP works, where it will after a reboot, and why not.",
    span="6h",
    variables=(CLUSTERS, POOL),
    rows=(
        Row("Now", NUMBERS),
        Row("What is wrong, and where", NODES),
        Row("Paths between nodes", FAILING),
        Row("Workloads", (*USERS, *REQUESTS)),
        Row("What they have in common", COMMON),
        Row("Over time", (*OVER_TIME[:2], TROUBLED, OVER_TIME[2])),
        Row("Paths over time", PATHS),
    ),
    annotations=EVENTS,
    others={"sctp-node": "SCTP node"},
)
