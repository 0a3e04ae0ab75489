"""The dashboard *SCTP node*: everything about one node, or the worst of a few."""

from dashboards import variables
from dashboards.model import Dashboard, Row
from dashboards.node_stack import PATHS, STACK
from dashboards.node_verdict import ANSWERS, CHECKS, SOCKETS, VERDICT

NODE = Dashboard(
    name="sctp-node",
    title="SCTP node",
    description="One node's verdict, checks, sockets, counters and paths; of several "
    "chosen nodes the worst answer, or the sum.",
    span="6h",
    variables=(variables.CLUSTER, variables.POOL, variables.NODE),
    rows=(
        Row("Verdict", VERDICT),
        Row("Answers", ANSWERS),
        Row("Checks", CHECKS),
        Row("Sockets on the node", SOCKETS),
        Row("Kernel's SCTP stack", STACK),
        Row("Paths to other nodes", PATHS),
    ),
    others={"sctp-fleet": "SCTP fleet"},
)
