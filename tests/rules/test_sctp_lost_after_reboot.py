"""SCTPLostAfterReboot: it was ready before the last boot and is not there now."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown, starting
from tests.rules.promtool import USERS, Alert, Case, prove

ALERT = Alert(
    "SCTPLostAfterReboot",
    "warning",
    "SCTP worked on a node before its last reboot and does not any more.",
    "Node {node} was booted at {booted}. SCTP worked before that and does not since, "
    "so the reboot brought another image, kernel or configuration. The last command of "
    "the action lists the Services over SCTP that send some of their users there, who "
    "fail (errno 92). Reason: {reason}.",
    action=USERS,
)
W0 = {
    "node": "worker-0",
    "booted": "1970-01-01 00:11:40 +0000 UTC",
    "reason": "ModuleMissing",
}
SECOND_BOOT = 700.0
READY = shown(10, State.READY)
WEEK_AGO = -7 * 86_400.0


def _lost(
    minutes: int,
    reason: Reason = Reason.MODULE_MISSING,
    *,
    now: State = State.UNAVAILABLE,
    expect: Expectation = Expectation.REQUIRED,
    booted: float = SECOND_BOOT,
) -> Phase:
    return shown(minutes, now, reason, expect=expect, booted=booted)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        READY,
                        missed(3),
                        starting(1),
                        _lost(10),
                        _lost(5, Reason.AS_EXPECTED, now=State.READY),
                    ),
                    node("worker-1", *(READY,) * 3),
                ),
                {19: (), 20: (W0,), 28: (W0,), 29: ()},
            ),
            id="fires-when-most-of-ten-minutes-are-without-and-resolves",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(10, State.READY, expect=Expectation.OBSERVE),
                        _lost(10, expect=Expectation.OBSERVE),
                    ),
                ),
                {16: (), 17: (W0,)},
            ),
            id="also-for-observers",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(10, State.READY, expect=Expectation.FORBIDDEN),
                        _lost(10, expect=Expectation.FORBIDDEN),
                    ),
                    node("worker-1", READY, _lost(10, now=State.ON_DEMAND)),
                    node("worker-2", READY, _lost(10, now=State.UNKNOWN)),
                    node("worker-3", READY, _lost(10, now=State.READY)),
                ),
                {19: ()},
            ),
            id="not-where-it-is-forbidden-or-still-to-be-had",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(10, State.ON_DEMAND), _lost(10)),
                    node("worker-1", shown(10, State.UNAVAILABLE), _lost(10)),
                    node("worker-2", _lost(20)),
                ),
                {19: ()},
            ),
            id="not-where-it-was-never-ready",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        READY,
                        shown(10, State.UNAVAILABLE, Reason.SOCKET_FAILED),
                    ),
                    node(
                        "worker-1",
                        READY,
                        _lost(3, now=State.READY),
                        _lost(10, Reason.SOCKET_FAILED),
                    ),
                    node("worker-2", READY, _lost(10, booted=-86_399)),
                ),
                {22: ()},
            ),
            id="not-within-one-boot-even-if-the-clock-is-set",
        ),
        pytest.param(
            Case(
                (node("worker-0", READY, gone(5 * 60), _lost(10)),),
                {5 * 60 + 15: (W0,)},
            ),
            id="prometheus-was-away-during-the-reboot",
        ),
        pytest.param(
            Case(
                (node("worker-0", READY, missed(7 * 60), _lost(10)),),
                {7 * 60 + 15: (W0,)},
            ),
            id="the-node-was-off-for-longer-than-that",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        READY,
                        _lost(10),
                        shown(
                            20,
                            State.UNAVAILABLE,
                            Reason.MODULE_MISSING,
                            booted=SECOND_BOOT + 600,
                        ),
                    ),
                ),
                {19: (W0,), 39: (W0 | {"booted": "1970-01-01 00:21:40 +0000 UTC"},)},
            ),
            id="a-second-reboot-does-not-help",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(10, State.READY, booted=0),
                        _lost(10, booted=-3600),
                    ),
                ),
                {17: (W0 | {"booted": "1969-12-31 23:00:00 +0000 UTC"},)},
            ),
            id="the-clock-was-set-back-by-the-reboot",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(10, State.READY, booted=WEEK_AGO - 600),
                        _lost(15, booted=WEEK_AGO + 20 * 60),
                    ),
                ),
                {22: (W0 | {"booted": "1969-12-25 00:20:00 +0000 UTC"},), 23: ()},
            ),
            id="no-news-after-a-week",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", READY, _lost(8), missed(1), _lost(3)),
                    node("worker-1", READY),
                ),
                {17: (W0,), 18: (W0,), 21: (W0,)},
                {21: 15},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        READY,
                        _lost(8),
                        gone(1),
                        of_pod("agent-b", _lost(3, Reason.NOT_IN_KERNEL)),
                    ),
                ),
                {17: (W0,), 21: (W0 | {"reason": "NotInKernel"},)},
                {21: 15},
            ),
            id="another-pod-and-reason-are-the-same-alert",
        ),
        pytest.param(
            Case((node("worker-0", READY, _lost(8), gone(10)),), {20: (W0,), 21: ()}),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
