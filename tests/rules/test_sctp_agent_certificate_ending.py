"""SCTPAgentCertificateEnding: a certificate that nobody has renewed."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown
from tests.rules.promtool import LOGS, Alert, Case, prove

ALERT = Alert(
    "SCTPAgentCertificateEnding",
    "warning",
    "The certificate that the SCTP agent of a node shows ends soon.",
    "The certificate of the agent on node {node}, or one of its chain, ends in {left}. "
    "After that its scrapes fail, and nothing is known about SCTP there.",
    reason="nobody has renewed it",
    action=LOGS,
)
DAY = 86_400
_NAME = "sctp_agent_web_certificate_not_{}_timestamp_seconds"


def _valid(minutes: int, *, since: float, ends: float) -> Phase:
    """Return scrapes of a certificate of so many days ago that ends in so many days."""
    own = (
        (_NAME.format("before"), (), -since * DAY),
        (_NAME.format("after"), (), ends * DAY),
    )
    return replace(shown(minutes, State.READY), own=own)


def _w0(left: str) -> dict[str, str]:
    return {"node": "worker-0", "left": left}


ENDING = _valid(40, since=85, ends=5)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", ENDING, _valid(9, since=0, ends=90)),
                    node("worker-1", _valid(49, since=80, ends=10)),
                    node("worker-2", shown(49, State.READY)),
                ),
                {29: (), 30: (_w0("4d 23h 30m 0s"),), 42: ()},
            ),
            id="fires-after-half-an-hour-and-resolves-when-it-is-renewed",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _valid(50, since=0.5, ends=0.5)),
                    node("worker-1", _valid(50, since=0.2, ends=0.8)),
                ),
                dict.fromkeys(range(0, 50, 7), ()),
            ),
            id="not-for-one-that-lives-a-day-and-is-young",
        ),
        pytest.param(
            Case(
                (node("worker-0", _valid(50, since=0.9, ends=0.2)),),
                {30: (_w0("4h 18m 0s"),)},
            ),
            id="for-one-that-lives-a-day-and-is-old",
        ),
        pytest.param(
            Case(
                (node("worker-0", replace(ENDING, minutes=20), missed(1), ENDING),),
                {31: (_w0("4d 23h 29m 0s"),)},
                {31: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        ENDING,
                        of_pod("agent-b", _valid(9, since=0, ends=90)),
                    ),
                ),
                {39: (_w0("4d 23h 21m 0s"),), 43: ()},
            ),
            id="resolves-with-a-pod-that-has-the-new-one",
        ),
        pytest.param(
            Case(
                (node("worker-0", ENDING, gone(8)),),
                {39: (_w0("4d 23h 21m 0s"),), 42: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
