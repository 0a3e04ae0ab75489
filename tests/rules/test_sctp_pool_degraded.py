"""SCTPPoolDegraded: a part of a pool that requires SCTP is without it."""

from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, State
from tests.rules.fleet import Node, Phase, gone, node, shown
from tests.rules.promtool import NODES, Alert, Case, prove

ALERT = Alert(
    "SCTPPoolDegraded",
    "critical",
    "SCTP is lost on a part of a pool that requires it.",
    "{where} SCTP does not work on {share} of the nodes that require it. If a rollout "
    "takes it, this is the time to stop that. Reasons, and on how many nodes: "
    "{reason}.",
    of_all=NODES,
)
DENIED = (State.UNAVAILABLE, Reason.BLACKLISTED)
AMF = {
    "pool": "amf",
    "where": "In pool amf",
    "share": "20%",
    "reason": "Blacklisted (2)",
}


def _pool(
    count: int, *lost: Phase, of: int = 10, pool: str = "amf"
) -> tuple[Node, ...]:
    """Return *of* nodes, of which *count* go through the phases *lost*."""
    minutes = sum(phase.minutes for phase in lost)
    fine = (shown(minutes, State.READY),)
    return tuple(
        node(f"{pool}-{number}", *(lost if number < count else fine), pool=pool)
        for number in range(of)
    )


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                _pool(2, shown(8, *DENIED), shown(12, State.READY)),
                {
                    2: (),
                    3: (AMF,),
                    7: (AMF,),
                    14: (AMF | {"reason": "not known"},),
                    15: (),
                },
            ),
            id="a-fifth-fires-after-three-minutes-and-is-kept-for-five",
        ),
        pytest.param(
            Case(
                _pool(2, shown(20, State.READY), shown(12, *DENIED)),
                {27: (), 28: (AMF,)},
            ),
            id="after-eight-where-it-worked-before",
        ),
        pytest.param(
            Case(
                (
                    *_pool(1, shown(10, *DENIED), of=2),
                    *_pool(2, shown(10, *DENIED), of=11, pool="smf"),
                    *_pool(3, shown(10, *DENIED), of=3, pool="upf"),
                ),
                {9: ()},
            ),
            id="not-for-one-node-nor-below-the-share-nor-where-none-is-left",
        ),
        pytest.param(
            Case(
                tuple(
                    node(f"amf-{number}", shown(10, *DENIED, expect=expect))
                    for number, expect in enumerate([Expectation.OBSERVE] * 5)
                )
                + _pool(1, shown(10, *DENIED), of=5),
                {9: ()},
            ),
            id="only-nodes-that-require-it-count",
        ),
        pytest.param(
            Case(
                (
                    *_pool(2, shown(10, *DENIED), of=2, pool=""),
                    node("amf-9", shown(10, State.READY), pool=""),
                ),
                {
                    9: (
                        AMF
                        | {
                            "pool": "",
                            "where": "Among the nodes with an agent",
                            "share": "66.67%",
                        },
                    )
                },
            ),
            id="without-pools-all-nodes-are-one",
        ),
        pytest.param(
            Case(_pool(2, shown(2, *DENIED), gone(8)), dict.fromkeys(range(10), ())),
            id="not-for-nodes-that-were-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the pools in question and for no others."""
    prove(ALERT, case, tmp_path)
