"""SCTPStateUnknown: an agent that runs and cannot tell."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import gone, missed, node, of_pod, shown, starting
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPStateUnknown",
    "warning",
    "Whether SCTP works on a node cannot be told.",
    "The agent on node {node} runs but cannot tell whether SCTP works there. It may "
    "be broken, or be there where it is forbidden, without another alert. "
    "Reason: {reason}.",
)
W0 = {"node": "worker-0", "reason": "FactUnreadable"}
UNREAD = (State.UNKNOWN, Reason.FACT_UNREADABLE)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", shown(12, *UNREAD), shown(5, State.READY)),
                    node("worker-1", shown(17, State.UNAVAILABLE)),
                ),
                {9: (), 10: (W0,), 15: (W0,), 16: ()},
            ),
            id="fires-after-ten-minutes-and-resolves-four-after-the-end",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", *(shown(2, *UNREAD), shown(1, State.READY)) * 10),
                    node("worker-1", *(shown(1, *UNREAD), shown(2, State.READY)) * 10),
                ),
                {9: (), 11: (W0,), 20: (W0,), 29: (W0,)},
                {29: 0},
            ),
            id="comes-and-goes-and-is-one-alert",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(12, *UNREAD, expect=Expectation.FORBIDDEN)),),
                {10: (W0,)},
            ),
            id="also-where-it-is-forbidden",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(20, *UNREAD, expect=Expectation.OBSERVE)),
                    node("worker-1", shown(20, State.READY, boot=State.UNKNOWN)),
                ),
                {19: ()},
            ),
            id="not-for-observers-nor-for-the-next-boot",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        starting(1),
                        shown(5, State.READY),
                        gone(1),
                        starting(1, "agent-b"),
                        of_pod("agent-b", shown(12, State.READY)),
                    ),
                ),
                dict.fromkeys(range(20), ()),
            ),
            id="not-for-agents-that-start",
        ),
        pytest.param(
            Case(
                (node("worker-0", starting(12)),),
                {9: (), 10: (W0 | {"reason": "Starting"},)},
            ),
            id="an-agent-that-never-gets-further",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(5, *UNREAD),
                        missed(1),
                        shown(6, *UNREAD),
                        missed(1),
                        shown(3, *UNREAD),
                    ),
                ),
                {10: (W0,), 12: (W0,), 15: (W0,)},
                {15: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(11, *UNREAD),
                        shown(4, State.UNKNOWN, Reason.FACT_TIMEOUT),
                    ),
                ),
                {10: (W0,), 14: (W0 | {"reason": "FactTimeout"},)},
                {14: 0},
            ),
            id="another-reason-is-the-same-alert",
        ),
        pytest.param(
            Case((node("worker-0", shown(12, *UNREAD), gone(8)),), {13: (W0,), 14: ()}),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
