"""What readers choose: the cases in which every panel has to have something."""

from dataclasses import dataclass

import pytest

from tests.dashboards.fleets import DAY, END, STEP
from tests.dashboards.server import Prometheus, Series
from tests.dashboards.shown import Shown, filled

ALL = ".*"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader has chosen, and for how long that has had data, in seconds."""

    cluster: str = ALL
    pool: str = ALL
    node: str = ""
    known: int = DAY

    def fill(self, query: str) -> str:
        """Return *query* for this choice."""
        names = ("cluster", "pool", "node")
        return filled(query, {name: getattr(self, name) for name in names})


def answers(panel: Shown, choice: Choice, prometheus: Prometheus) -> list[list[Series]]:
    """Return what each query of *panel* finds, as its reader's browser asks."""
    queries = map(choice.fill, panel.queries)
    if panel.instant:
        return [prometheus.at(query, END) for query in queries]
    step = STEP if choice.known > STEP else 60
    start = END - choice.known
    return [
        prometheus.over(query, start=start, end=END, step=step) for query in queries
    ]


LATELY = 300
CASES = [
    pytest.param("grafana sctp-fleet", Choice(), id="all clusters"),
    pytest.param("grafana sctp-fleet", Choice("east"), id="all reasons"),
    pytest.param("grafana sctp-fleet", Choice("east", "amf"), id="one pool"),
    pytest.param("grafana sctp-fleet", Choice("calm", known=LATELY), id="all well"),
    pytest.param(
        "grafana sctp-fleet", Choice("bare", known=LATELY), id="well, without paths"
    ),
    pytest.param(
        "grafana sctp-fleet", Choice("shut", known=LATELY), id="well, forbidden"
    ),
    pytest.param("grafana sctp-fleet", Choice("vast", known=0), id="5000 nodes"),
    pytest.param(
        "grafana sctp-fleet", Choice("vast", "vast-1", known=0), id="1250 healthy nodes"
    ),
    *(
        pytest.param(
            "grafana sctp-node", Choice("east", node=f"worker-{at:02}"), id=phrase
        )
        for at, phrase in (
            *((2, "node where it is unavailable"), (0, "node that starts")),
            *((28, "node that loses it"), (45, "node as expected")),
            *((47, "node with broken paths"), (48, "stale node")),
        )
    ),
    *(
        pytest.param(
            "grafana sctp-node", Choice(cluster, node=node, known=LATELY), id=phrase
        )
        for cluster, node, phrase in (
            ("calm", "calm-0", "node that loads on demand"),
            ("bare", "bare-0", "on demand, without paths"),
            ("bare", "bare-1", "ready, without paths"),
        )
    ),
    pytest.param(
        "grafana sctp-node",
        Choice("vast", node="vast-0001", known=0),
        id="one of 5000 nodes",
    ),
    pytest.param("console sctp-fleet", Choice(pool=".+"), id="console, all pools"),
    pytest.param("console sctp-fleet", Choice(pool="amf"), id="console, one pool"),
    pytest.param(
        "console sctp-fleet", Choice(pool="bare", known=LATELY), id="console, all well"
    ),
    pytest.param(
        "console sctp-node", Choice(pool=".+", node="worker-02"), id="console, a node"
    ),
    pytest.param(
        "console sctp-node",
        Choice(pool=".+", node="bare-0", known=LATELY),
        id="console, a node without sctp",
    ),
]
