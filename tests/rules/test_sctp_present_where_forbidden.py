"""SCTPPresentWhereForbidden: a node that must not have SCTP, and has or gets it."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import Compliance, Expectation, Reason, State
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.usage import Endpoint, Style, Workload, Workloads
from tests.rules.fleet import Phase, gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPPresentWhereForbidden",
    "warning",
    "SCTP is there, or can be had, on a node where it is forbidden.",
    "On node {node} SCTP is forbidden, but processes can get it, now or after a "
    "reboot. The kernel's SCTP is then exposed, and answers in the place of one that "
    "runs in user space. Reason: {reason}{users}.",
)
W0 = {"node": "worker-0", "reason": "LoadedWhereForbidden", "users": ""}
USED = "; used by core/amf-0, (host), core/amf-1"


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


def pod(name: str, endpoints: int) -> Workload:
    """Return a pod that listens on so many ports."""
    return Workload(Owner(OwnerKind.POD, name, "core", name), (ENDPOINT,) * endpoints)


ENDPOINT = Endpoint(38412, Style.ONE_TO_MANY, (), 0, 0)
HOST = Workload(Owner(OwnerKind.HOST, unit="frr.service"), (ENDPOINT,) * 2)
IDLE = Workload(Owner(OwnerKind.POD, "idle", "core", "idle"))


def _using(minutes: int, *users: Workload) -> Phase:
    phase = _forbidden(minutes, State.READY)
    assert phase.report
    workloads = Workloads(users, stack=True, time=1.0)
    return replace(phase, report=replace(phase.report, workloads=workloads))


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
            Case(
                (
                    node(
                        "worker-0",
                        _using(2, pod("amf-0", 3), HOST, pod("amf-1", 1), IDLE),
                        _using(6, pod("amf-0", 3), HOST, pod("amf-1", 1), IDLE),
                    ),
                    node("worker-1", _using(8, pod("smf-0", 9))),
                ),
                {
                    5: (
                        W0 | {"users": USED},
                        W0 | {"node": "worker-1", "users": "; used by core/smf-0"},
                    )
                },
            ),
            id="those-who-use-it-are-named",
        ),
        pytest.param(
            Case((node("worker-0", _using(8)),), {5: (W0,)}),
            id="nobody-uses-it",
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
