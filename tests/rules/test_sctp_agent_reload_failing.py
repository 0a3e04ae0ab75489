"""SCTPAgentReloadFailing: files of the web configuration that cannot be used."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown
from tests.rules.promtool import LOGS, Alert, Case, prove

ALERT = Alert(
    "SCTPAgentReloadFailing",
    "warning",
    "The SCTP agent of a node cannot use its web configuration as it is now.",
    "The agent on node {node} goes on with the certificate, authority and rules that "
    "it read before, because its web configuration or a file that it names cannot be "
    "used. When it restarts it will not start.",
    reason="the files cannot be used",
    action=LOGS,
)
W0 = {"node": "worker-0"}


def _reloaded(minutes: int, success: int) -> Phase:
    own = (("sctp_agent_config_last_reload_successful", (), float(success)),)
    return replace(shown(minutes, State.READY), own=own)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node(
                        "worker-0", _reloaded(2, 1), _reloaded(13, 0), _reloaded(9, 1)
                    ),
                    node("worker-1", _reloaded(24, 1)),
                    node("worker-2", shown(24, State.READY)),
                ),
                {11: (), 12: (W0,), 16: (W0,), 18: ()},
            ),
            id="fires-after-ten-minutes-and-resolves",
        ),
        pytest.param(
            Case(
                (node("worker-0", _reloaded(8, 0), missed(1), _reloaded(8, 0)),),
                {12: (W0,), 16: (W0,)},
                {16: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0", _reloaded(13, 0), of_pod("agent-b", _reloaded(9, 1))
                    ),
                ),
                {12: (W0,), 16: ()},
            ),
            id="resolves-with-a-pod-that-could-read-them",
        ),
        pytest.param(
            Case((node("worker-0", _reloaded(13, 0), gone(8)),), {12: (W0,), 15: ()}),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
