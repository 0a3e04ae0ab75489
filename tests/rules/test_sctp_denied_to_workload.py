"""SCTPDeniedToWorkload: who is hit, by name, and when it is over."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import Expectation, State
from tests.rules.fleet import Phase, gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

_TEXT = (
    "{who} on node {node} opened an SCTP socket within ten minutes, and SCTP did not "
    "come into the kernel. It got errno 93 or 94, and most often has ended. "
    "Reason: {reason}."
)
ALERT = Alert(
    "SCTPDeniedToWorkload",
    "warning",
    "A pod asked for SCTP on a node and did not get it.",
    _TEXT,
)
DENIED = "sctp_node_workload_last_denied_request_timestamp_seconds"
AMF = {
    "node": "worker-0",
    "pod_namespace": "core",
    "pod_name": "amf-0",
    "who": "Pod core/amf-0",
    "reason": "Blacklisted",
}
UNKNOWN = {
    "node": "worker-0",
    "pod_name": "(unknown)",
    "reason": "not known",
    "who": "A pod or process whose name is not known",
}


def _quiet(minutes: int, expect: Expectation = Expectation.OBSERVE) -> Phase:
    return shown(minutes, State.UNAVAILABLE, expect=expect)


def _denied(  # what a denial is made of
    minutes: int,
    at: float,
    *,
    name: str = "amf-0",
    reason: str = "Blacklisted",
    expect: Expectation = Expectation.OBSERVE,
) -> Phase:
    """Return scrapes of an agent that saw a denial at minute *at*."""
    namespace = "" if name.startswith("(") else "core"
    labels = (("pod_name", name), ("pod_namespace", namespace), ("reason", reason))
    return replace(_quiet(minutes, expect), own=((DENIED, labels, at * 60),))


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", _quiet(10), _denied(40, 10)),
                    node("worker-1", _quiet(50)),
                ),
                {9: (), 10: (AMF,), 19: (AMF,), 23: ()},
            ),
            id="fires-at-once-and-ends-after-ten-minutes",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        *(_denied(5, at) for at in range(0, 30, 5)),
                        _denied(20, 25),
                    ),
                ),
                {3: (AMF,), 34: (AMF,), 38: ()},
                {34: 0},
            ),
            id="a-crash-loop-is-one-alert",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _quiet(10),
                        _denied(2, 10, reason=""),
                        _denied(5, 10),
                    ),
                ),
                {11: (AMF | {"reason": "not known"},), 16: (AMF,)},
                {16: 10},
            ),
            id="the-reason-comes-later",
        ),
        pytest.param(
            Case(
                (node("worker-0", _denied(10, 0, name="(unknown)", reason="")),),
                {5: (UNKNOWN,)},
            ),
            id="a-process-that-was-gone",
        ),
        pytest.param(
            Case(
                (node("worker-0", _denied(10, 0, name="(host)")),),
                dict.fromkeys(range(10), ()),
            ),
            id="not-for-processes-of-the-node",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _denied(9, 0, expect=Expectation.FORBIDDEN)),
                    node("worker-1", _denied(9, 0, expect=Expectation.REQUIRED)),
                ),
                {5: (AMF, AMF | {"node": "worker-1"})},
            ),
            id="whatever-is-expected",
        ),
        pytest.param(
            Case(
                (node("worker-0", _denied(4, 0), missed(2), _denied(20, 0)),),
                {5: (AMF,), 13: ()},
                {8: 0},
            ),
            id="missed-scrapes-are-bridged",
        ),
        pytest.param(
            Case((node("worker-0", _denied(4, 0), gone(20)),), {3: (AMF,), 8: ()}),
            id="ends-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the pods in question and for no others."""
    prove(ALERT, case, tmp_path)
