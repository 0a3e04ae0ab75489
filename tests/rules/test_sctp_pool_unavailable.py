"""SCTPPoolUnavailable: a pool that requires SCTP and has it nowhere."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import gone, missed, node, shown, starting
from tests.rules.promtool import NODES, Alert, Case, prove

ALERT = Alert(
    "SCTPPoolUnavailable",
    "critical",
    "SCTP works on no node of a pool that requires it.",
    "{where} no node that requires SCTP is known to have it; on {count} it certainly "
    "does not work, so SCTP workloads have nowhere to run. Reasons, and on how many "
    "nodes: {reason}.",
    of_all=NODES,
)
DENIED = (State.UNAVAILABLE, Reason.BLACKLISTED)
UNREAD = (State.UNKNOWN, Reason.FACT_UNREADABLE)
ONE = {
    "pool": "amf",
    "where": "In pool amf",
    "count": "1",
    "reason": "Blacklisted (1)",
}
TWO = ONE | {"count": "2", "reason": "Blacklisted (1), NotInKernel (1)"}


GOOD = ONE | {"reason": "AsExpected (1)"}
HALF = TWO | {"reason": "AsExpected (1), NotInKernel (1)"}


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", shown(8, *DENIED), shown(5, State.READY)),
                    node(
                        "worker-1", shown(13, State.UNAVAILABLE, Reason.NOT_IN_KERNEL)
                    ),
                    node("worker-2", shown(13, State.READY), pool="smf"),
                ),
                {0: (), 1: (TWO,), 7: (TWO,), 13: (HALF,), 14: ()},
            ),
            id="fires-after-a-minute-and-resolves-with-the-first-node",
        ),
        pytest.param(
            Case(
                (node("worker-0", *(shown(4, *DENIED), shown(1, State.READY)) * 6),),
                {3: (ONE,), 13: (ONE,), 24: (GOOD,), 28: (ONE,)},
                {28: 0},
            ),
            id="the-last-node-comes-and-goes-and-it-is-one-alert",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(8, *DENIED), pool=""),),
                {5: (ONE | {"pool": "", "where": "Among the nodes with an agent"},)},
            ),
            id="without-pools-all-nodes-are-one",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(20, *DENIED)),
                    node("worker-1", shown(20, State.ON_DEMAND)),
                ),
                {10: (), 19: ()},
            ),
            id="not-while-one-node-can-load-it",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(20, *DENIED)),
                    node(
                        "worker-1", shown(20, State.READY, expect=Expectation.OBSERVE)
                    ),
                ),
                {5: (ONE | {"reason": "AsExpected (1), Blacklisted (1)"},)},
            ),
            id="a-node-that-does-not-require-it-does-not-help",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(20, State.UNAVAILABLE, expect=Expectation.FORBIDDEN),
                    ),
                    node(
                        "worker-1",
                        shown(20, State.UNAVAILABLE, expect=Expectation.OBSERVE),
                    ),
                ),
                {19: ()},
            ),
            id="not-where-nobody-requires-it",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(20, *DENIED)),
                    node("worker-1", shown(20, *UNREAD)),
                ),
                {5: (ONE | {"reason": "Blacklisted (1), FactUnreadable (1)"},)},
            ),
            id="a-node-that-cannot-tell-does-not-help",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(30, *UNREAD)),
                    node("worker-1", shown(30, *UNREAD)),
                ),
                {29: ()},
            ),
            id="not-where-nobody-can-tell",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", starting(10)),
                    node("worker-1", starting(10)),
                ),
                {9: ()},
            ),
            id="not-while-all-agents-start",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(40, *DENIED)),
                    node(
                        "worker-1",
                        shown(5, State.READY),
                        missed(12),
                        shown(23, State.READY),
                    ),
                ),
                {10: (), 16: (), 39: ()},
            ),
            id="not-while-the-only-good-node-reboots",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(40, *DENIED)),
                    node("worker-1", shown(5, State.READY), gone(35)),
                ),
                {20: (), 21: (ONE,)},
            ),
            id="fires-when-the-only-good-node-is-gone",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(8, *DENIED), missed(10)),),
                {7: (ONE,), 9: (ONE | {"reason": "not known"},), 14: ()},
            ),
            id="without-scrapes-it-is-not-known",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(3, *DENIED), missed(1), shown(8, *DENIED)),),
                {5: (ONE,), 11: (ONE,)},
                {11: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(6, *DENIED),
                        shown(4, State.UNAVAILABLE, Reason.NOT_IN_KERNEL),
                    ),
                ),
                {5: (ONE,), 9: (ONE | {"reason": "NotInKernel (1)"},)},
                {9: 0},
            ),
            id="another-reason-is-the-same-alert",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the pools in question and for no others."""
    prove(ALERT, case, tmp_path)
