"""SCTPWillNotSurviveReboot: SCTP works, and the next boot will not have it."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPWillNotSurviveReboot",
    "warning",
    "SCTP works on a node that requires it, and will not after its next reboot.",
    "SCTP works on node {node} now, but the files and arguments it boots with next "
    "will not load it. It is lost at the next reboot, planned or not. "
    "Reason: {reason}.",
)
W0 = {"node": "worker-0", "reason": "Blacklisted"}
DOOMED = (State.READY, Reason.BLACKLISTED)
LOST = State.UNAVAILABLE


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node(
                        "worker-0", shown(12, *DOOMED, boot=LOST), shown(5, State.READY)
                    ),
                    node(
                        "worker-1",
                        shown(17, State.ON_DEMAND, Reason.NOT_IN_KERNEL, boot=LOST),
                    ),
                    node("worker-2", shown(17, State.READY)),
                ),
                {
                    4: (),
                    5: (W0, {"node": "worker-1", "reason": "NotInKernel"}),
                    16: ({"node": "worker-1", "reason": "NotInKernel"},),
                },
            ),
            id="fires-after-five-minutes-and-resolves-four-after-the-end",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(20, State.READY),
                        shown(12, *DOOMED, boot=LOST),
                        *(shown(1, State.READY), shown(4, *DOOMED, boot=LOST)) * 3,
                    ),
                ),
                {29: (), 30: (W0,), 36: (W0,), 46: (W0,)},
                {46: 25},
            ),
            id="after-ten-where-it-was-otherwise-and-coming-and-going-is-one-alert",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(12, *DOOMED, boot=LOST),
                        missed(2),
                        shown(8, State.UNAVAILABLE, Reason.BLACKLISTED),
                    ),
                ),
                {19: (W0,), 20: (), 21: ()},
            ),
            id="ends-when-the-reboot-has-taken-it",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(20, *DOOMED, boot=LOST, expect=Expectation.OBSERVE),
                    ),
                    node(
                        "worker-1",
                        shown(20, *DOOMED, boot=LOST, expect=Expectation.FORBIDDEN),
                    ),
                    node("worker-2", shown(20, State.READY, boot=State.UNKNOWN)),
                    node("worker-3", shown(20, State.READY, boot=State.ON_DEMAND)),
                ),
                {19: ()},
            ),
            id="not-where-it-is-not-required-or-will-work",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(20, State.UNAVAILABLE, boot=LOST)),
                    node("worker-1", shown(20, State.UNKNOWN, boot=LOST)),
                ),
                {19: ()},
            ),
            id="not-where-it-does-not-work-now",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(5, *DOOMED, boot=LOST),
                        missed(1),
                        shown(6, *DOOMED, boot=LOST),
                        missed(1),
                        shown(3, *DOOMED, boot=LOST),
                    ),
                ),
                {4: (), 5: (W0,), 12: (W0,), 15: (W0,)},
                {15: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(11, *DOOMED, boot=LOST),
                        shown(4, State.ON_DEMAND, Reason.INSTALL_OVERRIDE, boot=LOST),
                    ),
                ),
                {10: (W0,), 14: ({"node": "worker-0", "reason": "InstallOverride"},)},
                {14: 0},
            ),
            id="another-reason-is-the-same-alert",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(12, *DOOMED, boot=LOST), gone(8)),),
                {13: (W0,), 14: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
