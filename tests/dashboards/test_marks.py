"""Marks in the graphs: where nodes were booted and agents replaced, only there."""

import re
from pathlib import Path

import pytest

from agent.findings import State
from tests.dashboards.shown import boards, filled
from tests.rules.fleet import SCRAPE, Node, input_series, missed, node, shown
from tests.rules.promtool import prove_groups

_ANNOTATIONS = {
    (board.name, one["name"]): one
    for board in boards()
    if board.flavour == "grafana"
    for one in board.content["annotations"]["list"]
}
#: The rules that read what is asked for: no other series is there.
_RULES = (
    "pool:sctp_nodes:count",
    "pool:sctp_node_boot_time_seconds:max",
    "pool_version:sctp_agent_build_info:count",
)
_CHOSEN = {"cluster": "east", "pool": ".*", "node": "worker-0"}
_READY = shown(20, State.READY, booted=1_000_000)


@pytest.mark.prometheus
@pytest.mark.parametrize("board", ["sctp-fleet", "sctp-node"])
@pytest.mark.parametrize(
    ("nodes", "mark", "minutes"),
    [
        pytest.param(
            (
                node(
                    "worker-0",
                    shown(10, State.READY, booted=1_000_000),
                    shown(10, State.READY, booted=1_500_000),
                ),
            ),
            "Reboots",
            {11},
            id="a reboot",
        ),
        pytest.param(
            (
                node(
                    "worker-0",
                    shown(10, State.READY, booted=1_000_000),
                    shown(10, State.READY, booted=1_000_030),
                ),
            ),
            "Reboots",
            set(),
            id="a clock that is set",
        ),
        pytest.param((node("worker-0", _READY),), "Reboots", set(), id="no reboot"),
        pytest.param(
            (
                node(
                    "worker-0",
                    shown(10, State.READY, version="0.1.0"),
                    shown(10, State.READY, version="0.2.0"),
                ),
            ),
            "Rollouts of the agent",
            {11},
            id="a rollout",
        ),
        pytest.param(
            (node("worker-0", missed(8), _READY),),
            "Rollouts of the agent",
            set(),
            id="the first agent that answers",
        ),
    ],
)
def test_marks(
    board: str, nodes: tuple[Node, ...], mark: str, minutes: set[int], tmp_path: Path
) -> None:
    """A mark stands where it happened, and is not repeated later."""
    query = filled(_ANNOTATIONS[board, mark]["expr"], _CHOSEN)
    expr = f"count({query}) or 0 * sum({' or '.join(_RULES)})"

    prove_groups(
        [
            {
                "interval": f"{SCRAPE}s",
                "input_series": input_series(nodes),
                "promql_expr_test": [
                    {
                        "expr": expr,
                        "eval_time": f"{minute}m",
                        "exp_samples": [
                            {"labels": "{}", "value": int(minute in minutes)}
                        ],
                    }
                    for minute in (6, 9, 11, 15, 19)
                ],
            }
        ],
        tmp_path,
    )


@pytest.mark.parametrize(
    "annotation", _ANNOTATIONS.values(), ids=[" ".join(key) for key in _ANNOTATIONS]
)
def test_labels_of_texts_are_there(annotation: dict[str, str]) -> None:
    """A mark names only what its series have."""
    named = {*re.findall(r"{{(\w+)}}", annotation["textFormat"])}

    assert named <= {"pool", "version"}
