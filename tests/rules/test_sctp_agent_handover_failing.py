"""SCTPAgentHandoverFailing: files for others that get old."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown
from tests.rules.promtool import LOGS, Alert, Case, prove

ALERT = Alert(
    "SCTPAgentHandoverFailing",
    "warning",
    "The SCTP agent of a node cannot write a file that others read.",
    "The agent on node {node} has not been able to write {count} of the files that it "
    "was told to write for node_exporter or Node Feature Discovery for at least five "
    "minutes. Who reads them is told what was.",
    reason="the file is old",
    action=LOGS,
)
W0 = {"node": "worker-0", "count": "1"}


def _handed(minutes: int, **files: float | None) -> Phase:
    """Return scrapes of an agent whose files are of these times, None of now."""
    name = "sctp_agent_handover_last_success_timestamp_seconds"
    own = tuple((name, (("file", file),), time) for file, time in files.items())
    return replace(shown(minutes, State.READY), own=own)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _handed(20, textfile=0, features=None),
                        _handed(9, textfile=None, features=None),
                    ),
                    node("worker-1", _handed(29, textfile=None, features=None)),
                    node("worker-2", shown(29, State.READY)),
                ),
                {15: (), 16: (W0,), 21: (W0,), 23: ()},
            ),
            id="fires-after-a-quarter-of-an-hour-and-resolves",
        ),
        pytest.param(
            Case(
                (node("worker-0", _handed(20, textfile=0, features=0)),),
                {16: (W0 | {"count": "2"},)},
            ),
            id="both-files-in-one-alert",
        ),
        pytest.param(
            Case(
                (node("worker-0", replace(_handed(40, textfile=0), stuck=True)),),
                {39: ()},
            ),
            id="not-for-an-agent-that-evaluates-nothing",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _handed(12, textfile=0),
                        missed(1),
                        _handed(9, textfile=0),
                    ),
                ),
                {20: (W0,)},
                {20: 6},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _handed(20, textfile=0),
                        of_pod("agent-b", _handed(9, textfile=None)),
                    ),
                ),
                {19: (W0,), 23: ()},
            ),
            id="resolves-with-a-pod-that-can",
        ),
        pytest.param(
            Case(
                (node("worker-0", _handed(20, textfile=0), gone(8)),),
                {19: (W0,), 22: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
