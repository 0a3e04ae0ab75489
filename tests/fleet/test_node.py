"""Rows made of answers: which labels count, and what when they contradict."""

from collections.abc import Mapping

import pytest

from agent.findings import Compliance, Expectation, State
from agent.fleet import queries
from agent.fleet.answer import Sample
from agent.fleet.node import Node, nodes

Rows = Mapping[str, list[tuple[dict[str, str], float]]]
_NAMES = tuple(queries.queries(queries.Scope()))
_A = {"node": "a", "pool": "p"}
_ROW = Node("a", "p", "")


def _found(rows: Rows) -> tuple[Node, ...]:
    empty: dict[str, list[Sample]] = {name: [] for name in _NAMES}
    given = {
        name: [Sample(labels, value) for labels, value in samples]
        for name, samples in rows.items()
    }
    return nodes(empty | given)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param({"scraped": [(_A, 1)]}, _ROW, id="scraped without an answer"),
        pytest.param(
            {"scraped": [(_A, 0)], "first": [(_A, 7)]},
            Node("a", "p", "", reason="AgentDown", since=7),
            id="never seen",
        ),
        pytest.param(
            {"scraped": [(_A, 0)], "answered": [(_A, 9)], "first": [(_A, 7)]},
            Node("a", "p", "", reason="AgentDown", since=9, exact=True),
            id="silent",
        ),
        pytest.param(
            {
                "scraped": [(_A, 0)],
                "answered": [(_A, 1e300)],
                "first": [(_A, -1), (_A, 253_402_300_800)],
            },
            Node("a", "p", "", reason="AgentDown"),
            id="a moment that no calendar has",
        ),
        pytest.param(
            {"scraped": [(_A, 0), (_A | {"instance": "x"}, 1)]},
            _ROW,
            id="one of two pods is scraped",
        ),
        pytest.param(
            {"state": [({"instance": "n:9100"}, 1)]},
            Node("n:9100", "", ""),
            id="a textfile, named by its instance",
        ),
        pytest.param(
            {
                "state": [
                    (_A | {"state": "unknown", "instance": "1"}, 1),
                    (_A | {"state": "ready", "instance": "2"}, 1),
                ],
                "compliant": [(_A | {"status": "unknown"}, 1)],
                "reason": [
                    (_A | {"reason": "Starting"}, 1),
                    (_A | {"reason": "AsExpected"}, 1),
                ],
            },
            Node("a", "p", "", State.READY, reason="AsExpected"),
            id="a pod that starts beside one that knows",
        ),
        pytest.param(
            {
                "state": [(_A | {"state": "quantum"}, 1)],
                "boot_state": [(_A | {"state": "ready"}, 1)],
                "compliant": [(_A | {"status": "false"}, 1)],
                "expectation": [(_A | {"expectation": "wished"}, 1)],
                "reason": [(_A | {"reason": "NewReason"}, 1)],
                "otherwise": [
                    (_A | {"status": "false"}, 5),
                    (_A | {"status": "true"}, 9),
                ],
            },
            Node(
                "a",
                "p",
                "",
                boot_state=State.READY,
                compliant=Compliance.FALSE,
                reason="NewReason",
                since=5,
                exact=True,
            ),
            id="words of a newer agent",
        ),
        pytest.param(
            {
                "state": [(_A | {"state": "ready"}, 1)],
                "compliant": [(_A | {"status": "true"}, 1)],
                "expectation": [(_A | {"expectation": "observe"}, 1)],
                "stuck": [(_A, 0)],
                "first": [(_A, 7)],
            },
            Node(
                "a",
                "p",
                "",
                State.READY,
                expectation=Expectation.OBSERVE,
                reason="AgentStale",
            ),
            id="stale",
        ),
    ],
)
def test_row(rows: Rows, expected: Node) -> None:
    """What is known, and no guess about the rest."""
    assert _found(rows) == (expected,)


def test_order_and_identity() -> None:
    """Bad ones first, then by cluster, pool and name; namespaces are told apart."""
    labels = [
        {"cluster": "b", "node": "x"},
        {"cluster": "a", "node": "z", "namespace": "one"},
        {"cluster": "a", "node": "z", "namespace": "two"},
        {"cluster": "a", "node": "y", "pool": "q"},
    ]
    rows = {
        "state": [(each, 1.0) for each in labels],
        "compliant": [
            (each | {"status": status}, 1.0)
            for each, status in zip(
                labels, ("false", "true", "unknown", "true"), strict=True
            )
        ],
    }
    found = [(each.cluster, each.name, each.compliant) for each in _found(rows)]

    assert found == [
        ("b", "x", "false"),
        ("a", "z", "unknown"),
        ("a", "z", "true"),
        ("a", "y", "true"),
    ]


def test_precision_of_the_past() -> None:
    """The past is looked at in 288 steps, but not more often than every minute."""
    scopes = [queries.Scope(history=hours * 3600) for hours in (1, 24, 744)]

    assert [scope.step for scope in scopes] == [60, 300, 9300]
