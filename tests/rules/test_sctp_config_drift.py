"""SCTPConfigDrift: a node that is not as its MachineConfig declares it."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State, Status
from tests.rules.fleet import Phase, gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPConfigDrift",
    "info",
    "A node's SCTP configuration is not what its MachineConfig declares.",
    "On node {node} files about SCTP or kernel arguments differ from the MachineConfig "
    "that the Machine Config Operator has for it: changed by hand, or an update that "
    "does not finish. The next update may be refused or undo it.",
    reason="ConfigDrift",
)
W0 = {"node": "worker-0"}
DRIFT = (Status.WARN, Reason.CONFIG_DRIFT)


def _drift(minutes: int, status: Status = Status.WARN) -> Phase:
    checks = {"config_drift": (status, Reason.CONFIG_DRIFT)}
    return shown(minutes, State.READY, expect=Expectation.OBSERVE, checks=checks)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", _drift(32), _drift(3, Status.PASS)),
                    node("worker-1", _drift(35, Status.PASS)),
                ),
                {29: (), 30: (W0,), 33: (W0,), 34: ()},
            ),
            id="fires-after-half-an-hour-and-resolves",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _drift(40, Status.UNKNOWN)),
                    node("worker-1", _drift(40, Status.SKIP)),
                    node(
                        "worker-2",
                        shown(
                            40,
                            State.READY,
                            checks={
                                "modprobe_lines": (
                                    Status.WARN,
                                    Reason.INEFFECTIVE_LINE,
                                )
                            },
                        ),
                    ),
                ),
                {39: ()},
            ),
            id="not-without-an-operator-nor-for-another-check",
        ),
        pytest.param(
            Case(
                (node("worker-0", _drift(20), missed(1), _drift(12), missed(1)),),
                {30: (W0,), 33: (W0,)},
                {33: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case((node("worker-0", _drift(32), gone(8)),), {31: (W0,), 34: ()}),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
