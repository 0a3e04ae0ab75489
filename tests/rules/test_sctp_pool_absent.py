"""SCTPPoolAbsent: a pool that nobody watches any more."""

from pathlib import Path

import pytest

from agent.findings import State
from tests.rules.fleet import Node, gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPPoolAbsent",
    "warning",
    "The SCTP agents of a pool are gone.",
    "{where} had {count} nodes with an SCTP agent within the last day, and has less "
    "than a fifth of them now. If the nodes are still there, the DaemonSet, its node "
    "selector or the scrape configuration has changed, and nobody watches SCTP on "
    "them.",
    reason="targets vanished",
)
AMF = {"pool": "amf", "where": "Pool amf", "count": "6"}
ONE = AMF | {"count": "1"}
DAY = 24 * 60


def _pool(
    count: int, *, back: int = 0, after: int = 25, pool: str = "amf"
) -> tuple[Node, ...]:
    """Return six nodes, of which *count* have no target for *after* minutes."""
    left, returned = gone(after), shown(back, State.READY)
    return tuple(
        node(
            f"{pool or 'worker'}-{at}",
            shown(5, State.READY),
            left if at < count else shown(after, State.READY),
            returned,
            pool=pool,
        )
        for at in range(6)
    )


OTHER = (node("upf-0", shown(60, State.READY), pool="upf"),)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case((*_pool(6, back=3), *OTHER), {20: (), 21: (AMF,), 30: (AMF,), 31: ()}),
            id="fires-after-fifteen-minutes-and-resolves",
        ),
        pytest.param(
            Case((*_pool(5), *OTHER), {29: (AMF,)}),
            id="one-of-six-is-below-a-fifth",
        ),
        pytest.param(Case((*_pool(4), *OTHER), {29: ()}), id="not-for-two-of-six"),
        pytest.param(
            Case(_pool(6), {29: ()}),
            id="not-with-the-last-target-of-all",
        ),
        pytest.param(
            Case(
                (
                    *(node(f"amf-{at}", missed(30)) for at in range(6)),
                    *OTHER,
                ),
                {29: ()},
            ),
            id="not-for-agents-that-are-down",
        ),
        pytest.param(
            Case(
                (
                    node("amf-0", shown(5, State.READY), gone(DAY + 10)),
                    node("upf-0", shown(DAY + 15, State.READY), pool="upf"),
                ),
                {
                    60: (AMF | {"count": "1"},),
                    DAY + 4: (AMF | {"count": "1"},),
                    DAY + 6: (),
                },
            ),
            id="for-a-day",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the pools in question and for no others."""
    prove(ALERT, case, tmp_path)
