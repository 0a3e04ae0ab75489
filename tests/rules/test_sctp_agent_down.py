"""SCTPAgentDown: one agent that is not scraped."""

from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown
from tests.rules.promtool import DESCRIBE, Alert, Case, prove

ALERT = Alert(
    "SCTPAgentDown",
    "warning",
    "The SCTP agent of a node cannot be scraped.",
    "Prometheus does not reach the agent on node {node}: only {share} of the scrapes "
    "of the last 10 minutes worked. Nothing is known about SCTP there, and no other "
    "alert can fire for this node.",
    reason="scrapes fail",
    action=DESCRIBE,
)
W0 = {"node": "worker-0", "share": "0%"}


def _fine(minutes: int) -> Phase:
    return shown(minutes, State.READY)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", _fine(11), missed(19), _fine(8)),
                    *(node(f"worker-{number}", _fine(38)) for number in range(1, 12)),
                ),
                {24: (), 25: (W0,), 29: (W0,), 36: ()},
            ),
            id="fires-in-fifteen-minutes-for-one-of-a-dozen-and-resolves",
        ),
        pytest.param(
            Case((node("worker-0", missed(12)),), {10: (), 11: (W0,)}),
            id="an-agent-that-never-answered",
        ),
        pytest.param(
            Case(
                (node("worker-0", missed(30), _fine(1), missed(30)),),
                {29: (W0,), 30: (W0 | {"share": "9.091%"},), 60: (W0,)},
                {60: 0},
            ),
            id="one-scrape-that-works-does-not-resolve-it",
        ),
        pytest.param(
            Case(
                (node("worker-0", *(_fine(1), missed(4)) * 6),),
                {29: (W0 | {"share": "18.18%"},)},
            ),
            id="an-agent-that-restarts-again-and-again",
        ),
        pytest.param(
            Case(
                (node("worker-0", _fine(11), *(missed(2), _fine(2)) * 10),),
                {
                    24: (),
                    32: (W0 | {"share": "45.45%"},),
                    50: (W0 | {"share": "54.55%"},),
                },
                {50: 16},
            ),
            id="an-agent-that-misses-every-other-scrape",
        ),
        pytest.param(
            Case(
                (node("worker-0", missed(30), *(_fine(3), missed(1)) * 7, _fine(9)),),
                dict.fromkeys((45, 57), (W0 | {"share": "72.73%"},)) | {67: ()},
                {57: 0},
            ),
            id="stays-while-a-quarter-is-still-missed",
        ),
        pytest.param(
            Case(
                (node("worker-0", _fine(11), *(_fine(3), missed(1)) * 10),),
                dict.fromkeys(range(50), ()),
            ),
            id="not-for-every-fourth-scrape",
        ),
        pytest.param(
            Case(
                (node("worker-0", _fine(11), missed(8), _fine(20)),),
                dict.fromkeys(range(39), ()),
            ),
            id="not-for-a-reboot-of-eight-minutes",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        *(_fine(5), missed(1)) * 6,
                        _fine(10),
                        missed(4),
                        _fine(10),
                    ),
                ),
                dict.fromkeys(range(60), ()),
            ),
            id="not-for-single-missed-scrapes-or-a-quick-reboot",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _fine(11), missed(16), gone(5)),
                    node("worker-1", _fine(32)),
                ),
                {26: (W0,), 27: (), 31: ()},
            ),
            id="resolves-at-once-when-the-node-is-removed",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _fine(11), missed(3), gone(20)),
                    node("worker-1", _fine(34)),
                ),
                {33: ()},
            ),
            id="not-for-a-node-that-is-drained-and-removed",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _fine(11),
                        missed(2),
                        gone(1),
                        of_pod("agent-b", missed(1)),
                        of_pod("agent-b", _fine(15)),
                    ),
                ),
                dict.fromkeys(range(30), ()),
            ),
            id="not-for-a-pod-that-is-replaced",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
