"""SCTPAgentCheckCrashed: checks that do not come to their end."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State, Status
from tests.rules.fleet import Phase, gone, missed, node, of_pod, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPAgentCheckCrashed",
    "info",
    "Checks of the SCTP agent on a node crash or get no answer in time.",
    "On node {node} {count} of the agent's checks do not come to their end, so what "
    "they would find is missing from its verdict. Checks: {reason}.",
)
W0 = {"node": "worker-0", "count": "1", "reason": "kmod_install"}
CRASHED = (Status.UNKNOWN, Reason.CHECK_CRASHED)
TIMEOUT = (Status.UNKNOWN, Reason.FACT_TIMEOUT)


def _checks(minutes: int, **checks: tuple[Status, Reason]) -> Phase:
    found = {"kmod_alias": (Status.PASS, Reason.AS_EXPECTED)} | checks
    return shown(minutes, State.READY, expect=Expectation.OBSERVE, checks=found)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", _checks(17, kmod_install=CRASHED), _checks(8)),
                    node("worker-1", _checks(25)),
                ),
                {14: (), 15: (W0,), 16: (W0,), 24: ()},
            ),
            id="fires-after-fifteen-minutes-and-resolves",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _checks(17, next_kernel=TIMEOUT, kmod_install=CRASHED),
                    ),
                ),
                {16: (W0 | {"count": "2", "reason": "kmod_install, next_kernel"},)},
            ),
            id="all-checks-of-a-node-in-one-alert",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _checks(
                            20,
                            kmod_install=(Status.UNKNOWN, Reason.FACT_UNREADABLE),
                            kmod_blacklist=(Status.FAIL, Reason.BLACKLISTED),
                        ),
                    ),
                ),
                {19: ()},
            ),
            id="not-for-what-a-check-concludes",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _checks(8, kmod_install=CRASHED),
                        missed(1),
                        _checks(8, kmod_install=CRASHED),
                        missed(1),
                    ),
                ),
                {15: (W0,), 17: (W0 | {"reason": "not known"},)},
                {17: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _checks(8, kmod_install=CRASHED),
                        _checks(9, next_kernel=TIMEOUT),
                    ),
                ),
                {15: (W0 | {"reason": "next_kernel"},)},
                {15: 0},
            ),
            id="another-check-is-the-same-alert",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _checks(14, kmod_install=CRASHED),
                        of_pod("agent-b", _checks(3, kmod_install=CRASHED)),
                    ),
                ),
                {16: (W0,)},
                {16: 0},
            ),
            id="another-pod-is-the-same-alert",
        ),
        pytest.param(
            Case(
                (node("worker-0", _checks(17, kmod_install=CRASHED), gone(8)),),
                {16: (W0,), 19: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
