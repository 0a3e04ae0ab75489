"""SCTPChecksumErrors: packets that arrive damaged, or rewritten by halves."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import Expectation, State
from tests.rules.fleet import Phase, gone, missed, node, shown
from tests.rules.promtool import Alert, Case, prove

ALERT = Alert(
    "SCTPChecksumErrors",
    "warning",
    "A node receives SCTP packets with wrong checksums.",
    "Node {node} dropped about {count} SCTP packets with a wrong checksum in the last "
    "15 minutes. Something on their way rewrites or damages packets: associations "
    "through it do not come up or lose data.",
    reason="wrong checksums",
)
W0 = {"node": "worker-0", "count": "60"}


def _receives(minutes: int, errors: int = 0) -> Phase:
    phase = shown(minutes, State.READY, expect=Expectation.OBSERVE)
    return replace(phase, errors=errors)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                (
                    node("worker-0", _receives(20), _receives(20, 4), _receives(20)),
                    node("worker-1", _receives(60)),
                ),
                {24: (), 40: (W0,), 56: ()},
            ),
            id="fires-and-resolves",
        ),
        pytest.param(
            Case(
                (
                    node("worker-0", _receives(20), _receives(1, 9), _receives(30)),
                    node("worker-1", *(_receives(10), _receives(1, 2)) * 5),
                ),
                dict.fromkeys(range(50), ()),
            ),
            id="not-for-a-few-packets",
        ),
        pytest.param(
            Case(
                (
                    node(
                        "worker-0",
                        _receives(20),
                        _receives(14, 4),
                        missed(1),
                        _receives(6, 4),
                    ),
                ),
                {
                    34: ({"node": "worker-0", "count": "55.71"},),
                    40: (W0 | {"count": "56"},),
                },
                {40: 23},
            ),
            id="one-missed-scrape-is-bridged",
        ),
        pytest.param(
            Case(
                (node("worker-0", _receives(20), _receives(20, 4), gone(20)),),
                {39: (W0,), 56: ()},
            ),
            id="resolves-when-the-node-is-removed",
        ),
    ],
)
def test_alert(case: Case, tmp_path: Path) -> None:
    """It fires for the nodes in question and for no others."""
    prove(ALERT, case, tmp_path)
