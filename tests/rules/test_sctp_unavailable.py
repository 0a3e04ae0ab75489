"""SCTPUnavailable: a node that requires SCTP and has none."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import gone, missed, node, of_pod, shown, starting
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPUnavailable",
    "warning",
    "SCTP does not work on a node that requires it.",
    "Processes on node {node} cannot open an SCTP socket (errno 93 or 94), though "
    "SCTP is required there. Reason: {reason}.",
)
W0 = {"node": "worker-0", "reason": "Blacklisted"}
DENIED = (State.UNAVAILABLE, Reason.BLACKLISTED)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", shown(8, *DENIED), shown(3, State.READY)),
                    node("worker-1", shown(11, State.READY)),
                ),
                {4: (), 5: (W0,), 7: (W0,), 8: ()},
            ),
            id="fires-after-five-minutes-and-resolves",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(8, *DENIED)),
                    node("worker-1", shown(8, State.UNAVAILABLE, Reason.NOT_IN_KERNEL)),
                ),
                {5: (W0, {"node": "worker-1", "reason": "NotInKernel"})},
            ),
            id="every-node-with-its-own-reason",
        ),
        pytest.param(
            Case(
                tuple(
                    node(f"worker-{number}", shown(20, state, expect=expect))
                    for number, (state, expect) in enumerate(
                        [
                            (State.UNAVAILABLE, Expectation.FORBIDDEN),
                            (State.UNAVAILABLE, Expectation.OBSERVE),
                            (State.UNKNOWN, Expectation.REQUIRED),
                            (State.ON_DEMAND, Expectation.REQUIRED),
                        ]
                    )
                ),
                {10: (), 19: ()},
            ),
            id="not-where-it-is-not-required-or-works",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(20, State.READY, boot=State.UNAVAILABLE)),),
                {19: ()},
            ),
            id="not-for-what-comes-after-a-reboot",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(3, *DENIED),
                        missed(1),
                        shown(4, *DENIED),
                        missed(1),
                        shown(4, *DENIED),
                    ),
                ),
                {4: (), 5: (W0,), 8: (W0,), 12: (W0,)},
                {12: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case((node("worker-0", shown(6, *DENIED), missed(4)),), {9: (W0,)}),
            id="the-reason-outlives-some-more",
        ),
        pytest.param(
            Case(
                (
                    node("worker.0", shown(6, *DENIED), missed(1)),
                    node("worker-0", shown(7, State.UNAVAILABLE, Reason.NOT_IN_KERNEL)),
                ),
                {
                    6: (
                        W0 | {"node": "worker.0"},
                        {"node": "worker-0", "reason": "NotInKernel"},
                    )
                },
            ),
            id="a-name-with-a-dot-is-no-pattern",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(6, *DENIED),
                        shown(4, State.UNAVAILABLE, Reason.INSTALL_OVERRIDE),
                    ),
                ),
                {
                    5: (W0,),
                    6: ({"node": "worker-0", "reason": "InstallOverride"},),
                    9: ({"node": "worker-0", "reason": "InstallOverride"},),
                },
                {9: 0},
            ),
            id="another-reason-is-the-same-alert",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(6, *DENIED),
                        gone(1),
                        starting(1, "agent-b"),
                        of_pod("agent-b", shown(6, *DENIED)),
                    ),
                ),
                {5: (W0,), 6: (W0,), 13: (W0,)},
                {13: 0},
            ),
            id="another-pod-is-the-same-alert",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(8, *DENIED), gone(8)),
                    node("worker-1", shown(16, State.READY)),
                ),
                {7: (W0,), 14: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
