"""SCTPAgentStale: an agent that answers and evaluates nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown, starting
from tests.rules.promtool import DESCRIBE, Alert, Case, prove

ALERT = Alert(
    "SCTPAgentStale",
    "warning",
    "The SCTP agent of a node answers scrapes, but evaluates nothing.",
    "The agent on node {node} has finished no evaluation for at least five minutes. "
    "What its metrics say about SCTP there is old.",
    reason="no evaluation has finished",
    action=DESCRIBE,
)
W0 = {"node": "worker-0"}
ALIVE = shown(10, State.READY)
RARE = replace(shown(120, State.READY, interval=1800.0), slow=30)


def _stuck(minutes: int) -> Phase:
    return replace(ALIVE, minutes=minutes, stuck=True)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", ALIVE, _stuck(15), ALIVE),
                    node("worker-1", *(ALIVE,) * 4),
                ),
                {19: (), 20: (W0,), 24: (W0,), 25: ()},
            ),
            id="fires-after-ten-minutes-and-resolves",
        ),
        pytest.param(
            Case((node("worker-0", starting(12)),), {4: (), 5: (W0,)}),
            id="an-agent-whose-first-evaluation-hangs",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        ALIVE,
                        missed(1),
                        ALIVE,
                        missed(2),
                        ALIVE,
                        gone(1),
                        of_pod("agent-b", ALIVE),
                    ),
                ),
                dict.fromkeys(range(44), ()),
            ),
            id="not-for-agents-that-run",
        ),
        pytest.param(
            Case((node("worker-0", ALIVE, missed(30)),), dict.fromkeys(range(40), ())),
            id="not-for-agents-that-are-down",
        ),
        pytest.param(
            Case(
                (node("worker-0", ALIVE, _stuck(7), missed(1), _stuck(8)),),
                {20: (W0,), 25: (W0,)},
                {25: 15},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (node("worker-0", ALIVE, _stuck(15), of_pod("agent-b", ALIVE)),),
                {24: (W0,), 26: ()},
            ),
            id="resolves-with-another-pod",
        ),
        pytest.param(
            Case((node("worker-0", _stuck(20), job="node-exporter"),), {19: ()}),
            id="not-for-files-that-a-timer-writes-for-node-exporter",
        ),
        pytest.param(
            Case((node("worker-0", RARE),), dict.fromkeys(range(120), ())),
            id="not-for-an-agent-that-evaluates-every-half-hour",
        ),
        pytest.param(
            Case(
                (node("worker-0", replace(RARE, stuck=True)),),
                {94: (), 95: (W0,), 119: (W0,)},
            ),
            id="after-three-long-intervals",
        ),
        pytest.param(
            Case((node("worker-0", ALIVE, _stuck(15), gone(8)),), {24: (W0,), 25: ()}),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
