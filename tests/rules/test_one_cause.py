"""One cause, one page: what silences another alert is there before it."""

from pathlib import Path

import pytest

from agent.findings import Reason, State
from tests.rules.fleet import SCRAPE, Node, input_series, missed, node, shown, starting
from tests.rules.promtool import prove_groups

LOST = (State.UNAVAILABLE, Reason.MODULE_MISSING)
READY = shown(30, State.READY)


def _rebooted(minutes: int) -> Node:
    """Return a node that lost SCTP in a reboot that took *minutes*."""
    down = () if minutes == 0 else (missed(minutes),)
    lost = shown(30, *LOST, booted=1800 + minutes * 60)
    return node("worker-0", READY, *down, starting(1), lost)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("nodes", "silences", "silenced"),
    [
        *(
            pytest.param(
                (_rebooted(minutes), node("worker-1", READY, READY)),
                "SCTPLostAfterReboot",
                "SCTPUnavailable",
                id=f"lost-by-a-reboot-of-{minutes}-minutes",
            )
            for minutes in (0, 1, 3, 9, 25)
        ),
        *(
            pytest.param(
                (node("worker-0", *before, shown(30, *LOST)),),
                "SCTPPoolUnavailable",
                "SCTPUnavailable",
                id=f"the-whole-pool-{when}",
            )
            for when, before in {
                "from-the-start": (),
                "after-a-while": (READY,),
            }.items()
        ),
    ],
)
def test_the_alert_that_silences_another_fires_before_it(
    nodes: tuple[Node, ...], silences: str, silenced: str, tmp_path: Path
) -> None:
    """By two minutes at least, and as long as that: no page of the other goes out."""
    firing = 'ALERTS{{alertname="{}",alertstate="firing"}}'
    early = f"{firing.format(silences)} offset 2m"
    group = {
        "interval": f"{SCRAPE}s",
        "input_series": input_series(nodes),
        "promql_expr_test": [
            {
                "expr": f"{firing.format(silenced)} unless on (pool) ({early})",
                "eval_time": f"{minute}m",
                "exp_samples": [],
            }
            for minute in range(90)
        ]
        + [
            {
                "expr": f"max(max_over_time({firing.format(silenced)}[2h]))",
                "eval_time": "90m",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
        ],
    }

    prove_groups([group], tmp_path)
