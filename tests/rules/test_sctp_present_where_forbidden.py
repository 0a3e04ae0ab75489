"""SCTPPresentWhereForbidden: a node that must not have SCTP, and has or gets it."""

from pathlib import Path

import pytest

from agent.findings import Compliance, Expectation, Reason, State
from tests.rules.fleet import Phase, gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPPresentWhereForbidden",
    "warning",
    "SCTP is there, or can be had, on a node where it is forbidden.",
    "On node {node} SCTP is forbidden, but processes can get it, now or after a "
    "reboot. The kernel's SCTP is then exposed, and answers in the place of one that "
    "runs in user space. Reason: {reason}.",
)
W0 = {"node": "worker-0", "reason": "LoadedWhereForbidden"}


def _forbidden(
    minutes: int,
    now: State,
    reason: Reason = Reason.LOADED_WHERE_FORBIDDEN,
    *,
    boot: State = State.UNAVAILABLE,
    compliant: Compliance | None = None,
) -> Phase:
    expect = Expectation.FORBIDDEN
    if compliant is None:
        compliant = Compliance.FALSE if now.usable or boot.usable else Compliance.TRUE
    return shown(minutes, now, reason, boot=boot, expect=expect, compliant=compliant)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _forbidden(8, State.READY),
                        _forbidden(5, State.UNAVAILABLE),
                    ),
                ),
                {4: (), 5: (W0,), 11: (W0,), 12: ()},
            ),
            id="fires-after-five-minutes-and-resolves-four-after-the-end",
        ),
        pytest.param(
            Case((node("worker-0", _forbidden(8, State.ON_DEMAND)),), {5: (W0,)}),
            id="the-first-socket-would-load-it",
        ),
        pytest.param(
            Case(
                (node("worker-0", _forbidden(8, State.UNAVAILABLE, boot=State.READY)),),
                {5: (W0,)},
            ),
            id="the-next-boot-loads-it",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _forbidden(8, State.UNAVAILABLE, compliant=Compliance.FALSE),
                    ),
                ),
                {5: (W0,)},
            ),
            id="sockets-of-another-family-get-it",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", shown(20, State.READY)),
                    node(
                        "worker-1",
                        shown(20, State.UNAVAILABLE, compliant=Compliance.FALSE),
                    ),
                    node(
                        "worker-2", shown(20, State.READY, expect=Expectation.OBSERVE)
                    ),
                    node("worker-3", _forbidden(20, State.UNAVAILABLE)),
                    node(
                        "worker-4",
                        _forbidden(
                            20,
                            State.UNKNOWN,
                            boot=State.UNKNOWN,
                            compliant=Compliance.UNKNOWN,
                        ),
                    ),
                ),
                {19: ()},
            ),
            id="not-where-it-is-allowed-or-absent",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _forbidden(3, State.READY),
                        missed(1),
                        _forbidden(4, State.READY),
                        missed(1),
                        _forbidden(3, State.READY),
                    ),
                ),
                {5: (W0,), 8: (W0,), 11: (W0,)},
                {11: 0},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _forbidden(6, State.ON_DEMAND, Reason.LOADABLE_WHERE_FORBIDDEN),
                        _forbidden(6, State.READY),
                    ),
                ),
                {5: (W0 | {"reason": "LoadableWhereForbidden"},), 11: (W0,)},
                {11: 0},
            ),
            id="another-reason-is-the-same-alert",
        ),
        pytest.param(
            Case(
                (node("worker-0", _forbidden(8, State.READY), gone(8)),),
                {9: (W0,), 10: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _forbidden(1, State.READY), gone(20)),
                    node("worker-1", _forbidden(4, State.READY), gone(17)),
                ),
                dict.fromkeys(range(21), ()),
            ),
            id="never-for-an-agent-that-was-removed-while-it-was-pending",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        *(
                            _forbidden(4, State.READY),
                            _forbidden(1, State.UNAVAILABLE),
                        )
                        * 6,
                    ),
                ),
                {5: (W0,), 19: (W0,), 29: (W0,)},
                {29: 0},
            ),
            id="comes-and-goes-and-is-one-alert",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
