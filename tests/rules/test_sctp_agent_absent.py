"""SCTPAgentAbsent: a job without any target."""

from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPAgentAbsent",
    "warning",
    "Prometheus has no SCTP agent to scrape.",
    "The job sctp-node-agent has no target at all: the DaemonSet, its monitor or the "
    "scrape configuration is missing or selects nothing. Nothing is known about SCTP "
    "on any node.",
    reason="no targets",
    labels=(("job", "sctp-node-agent"), ("namespace", "sctp-node-agent")),
)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(5, State.READY),
                        gone(20),
                        shown(5, State.READY),
                    ),
                ),
                {4: (), 19: (), 20: ({},), 24: ({},), 25: ()},
            ),
            id="fires-after-fifteen-minutes-and-resolves",
        ),
        pytest.param(
            Case((node("worker-0", missed(40)),), {39: ()}),
            id="not-for-targets-that-fail",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(5, State.READY), gone(35)),
                    node("worker-1", shown(40, State.READY)),
                ),
                {39: ()},
            ),
            id="not-for-nodes-that-are-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the jobs in question and for no others."""
    prove(ALERT, case, tmp_path)
