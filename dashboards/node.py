"""The dashboard *SCTP node*: everything about one node."""

from dashboards import variables
from dashboards.model import Annotation, Dashboard, Row
from dashboards.node_answers import ANSWERS, VERDICT
from dashboards.node_stack import PATHS, STACK
from dashboards.node_verdict import CHECKS, OVER_TIME, SOCKETS
from dashboards.requests import ON_NODE as REQUESTS
from dashboards.workloads import ON_NODE as USERS

_BOOTED = "sctp_node_boot_time_seconds{NODES}"

NODE = Dashboard(
    name="sctp-node",
    title="SCTP node",
    description="One node's verdict, checks, sockets, counters, workloads and paths.",
    span="6h",
    variables=(variables.CLUSTER, variables.POOL, variables.NODE),
    rows=(
        Row("Verdict", VERDICT),
        Row("Why, and what to do", ANSWERS),
        Row("Over time", OVER_TIME),
        Row("Checks", CHECKS),
        Row("Sockets on the node", SOCKETS),
        Row("Kernel's SCTP stack", STACK),
        Row("Workloads", (*USERS, *REQUESTS)),
        Row("Paths to other nodes", PATHS),
    ),
    annotations=(
        Annotation("Reboots", f"{_BOOTED} > {_BOOTED} offset 2m + 60", "Booted"),
        Annotation(
            "Rollouts of the agent",
            "sctp_agent_build_info{NODES} unless on (version)"
            " sctp_agent_build_info{NODES} offset 2m"
            " and on () sctp_agent_build_info{NODES} offset 2m",
            "Version {{version}} of the agent",
        ),
    ),
    others={"sctp-fleet": "SCTP fleet"},
)
