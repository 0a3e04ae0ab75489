"""SCTPUnavailable: a node that requires SCTP and has none."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import gone, missed, node, of_pod, shown, starting
from tests.rules.promtool import USERS, Alert, Case, prove

ALERT = Alert(
    "SCTPUnavailable",
    "warning",
    "SCTP does not work on a node that requires it.",
    "Processes on node {node} cannot open an SCTP socket (errno 93 or 94), though "
    "SCTP is required there. A Service over SCTP that has a pod on it among its "
    "endpoints fails for those whom it sends there (errno 92): the last command of the "
    "action lists these. Reason: {reason}.",
    action=USERS,
)
W0 = {"node": "worker-0", "reason": "Blacklisted"}
FILE = {"pool": "", "job": "node-exporter"}
DENIED = (State.UNAVAILABLE, Reason.BLACKLISTED)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", shown(8, *DENIED), shown(5, State.READY)),
                    node("worker-1", shown(13, State.READY)),
                ),
                {4: (), 5: (W0,), 11: (W0,), 12: ()},
            ),
            id="fires-after-five-minutes-and-resolves-four-after-the-end",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(20, State.READY), shown(12, *DENIED)),),
                {29: (), 30: (W0,)},
            ),
            id="where-it-worked-before-most-of-ten-minutes-have-to-be-without",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", *(shown(4, *DENIED), shown(1, State.READY)) * 12),
                    node("worker-1", *(shown(1, *DENIED), shown(4, State.READY)) * 12),
                ),
                dict.fromkeys(range(5, 60), (W0,)),
                {59: 0},
            ),
            id="comes-and-goes-and-is-one-alert",
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
            Case((node("worker-0", shown(6, *DENIED), missed(5)),), {9: (W0,), 10: ()}),
            id="three-missed-scrapes-are-bridged-reason-and-all",
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
                {9: (W0,), 10: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
        pytest.param(
            Case(
                tuple(
                    node(f"worker-{minutes}", shown(minutes, *DENIED), gone(20))
                    for minutes in range(1, 5)
                ),
                dict.fromkeys(range(24), ()),
            ),
            id="never-for-a-node-that-was-removed-while-it-was-pending",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(1, *DENIED), missed(20)),),
                dict.fromkeys(range(21), ()),
            ),
            id="never-for-an-agent-that-is-silent",
        ),
        pytest.param(
            Case(
                (node("worker-0", shown(7, *DENIED), job="node-exporter", pool=""),),
                {4: (), 5: (W0 | FILE,)},
            ),
            id="also-for-files-that-node-exporter-serves",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        shown(1, *DENIED),
                        gone(20),
                        job="node-exporter",
                        pool="",
                    ),
                ),
                dict.fromkeys(range(21), ()),
            ),
            id="never-for-a-file-that-is-gone",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
