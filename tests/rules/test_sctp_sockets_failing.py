"""SCTPSocketsFailing: SCTP is ready, and some kinds of sockets fail all the same."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State, Status
from tests.rules.fleet import Phase, gone, missed, node, shown, with_sockets
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPSocketsFailing",
    "warning",
    "Some SCTP sockets do not work on a node that requires SCTP.",
    "On node {node} SCTP is ready, but sockets of {kinds} kinds fail: processes that "
    "need them get errors, though the node looks healthy. Network namespace (agent: "
    "its own, host, pod: as a new pod gets it), family and style: {reason}.",
)
KINDS = [
    (netns, family, style)
    for netns in ("agent", "host", "pod")
    for family in ("ipv4", "ipv6")
    for style in ("one-to-one", "one-to-many")
]
W0 = {"node": "worker-0", "kinds": "1", "reason": "pod ipv4 one-to-one"}
NO_IPV6 = {"sctp_ipv6": (Status.SKIP, Reason.NOT_APPLICABLE)}


def _but(minutes: int, *failing: str, phase: Phase | None = None) -> Phase:
    """Return scrapes of a ready node where kinds that have a word of *failing* fail."""
    return with_sockets(
        phase or shown(minutes, State.READY),
        *((*kind, not {*kind, "-".join(kind)} & {*failing}) for kind in KINDS),
    )


ONE = "pod-ipv4-one-to-one"


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", _but(9), _but(12, ONE), _but(12)),
                    node("worker-1", _but(33)),
                ),
                {18: (), 19: (W0,), 27: (W0 | {"reason": "not known"},), 28: ()},
            ),
            id="fires-when-most-of-ten-minutes-fail-and-resolves",
        ),
        pytest.param(
            Case(
                (node("worker-0", _but(8, "pod")),),
                {
                    4: (),
                    5: (
                        W0
                        | {
                            "kinds": "4",
                            "reason": "pod ipv4 one-to-many, pod ipv4 one-to-one, "
                            "pod ipv6 one-to-many, pod ipv6 one-to-one",
                        },
                    ),
                },
            ),
            id="new-pods-get-none",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _but(8, "ipv6")),
                    node(
                        "worker-1",
                        _but(8, "ipv6", phase=shown(8, State.READY, checks=NO_IPV6)),
                    ),
                ),
                {
                    7: (
                        W0
                        | {
                            "kinds": "6",
                            "reason": "agent ipv6 one-to-many, agent ipv6 one-to-one, "
                            "host ipv6 one-to-many, host ipv6 one-to-one, "
                            "pod ipv6 one-to-many, pod ipv6 one-to-one",
                        },
                    ),
                },
            ),
            id="ipv6-fails-not-where-it-is-off",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        *(
                            _but(8, ONE, phase=shown(8, State.READY, checks=NO_IPV6)),
                            _but(2),
                        )
                        * 3,
                    ),
                ),
                {7: (W0,), 17: (W0,), 27: (W0,)},
                {27: 0},
            ),
            id="comes-and-goes-and-is-one-alert-and-ipv4-counts-without-ipv6",
        ),
        pytest.param(
            Case(
                tuple(
                    node(f"worker-{at}", _but(20, "pod", phase=phase))
                    for at, phase in enumerate(
                        (
                            shown(20, State.UNAVAILABLE, Reason.SOCKET_FAILED),
                            shown(20, State.READY, expect=Expectation.OBSERVE),
                            shown(20, State.READY, expect=Expectation.FORBIDDEN),
                        )
                    )
                ),
                {19: ()},
            ),
            id="not-where-all-fails-nor-where-it-is-not-required",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _but(4, ONE), gone(10)),
                    node("worker-1", _but(1, ONE), missed(13)),
                ),
                dict.fromkeys(range(14), ()),
            ),
            id="never-for-a-node-that-is-gone-or-silent",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
