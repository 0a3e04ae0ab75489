"""Which end of a failing path is at fault: the recording rule's answers."""

from collections.abc import Mapping
from pathlib import Path as File

import pytest

from tests.rules.fleet import SCRAPE
from tests.rules.mesh import NODES, Fault, Mesh, Path, Period, faults
from tests.rules.promtool import prove_groups

A, B = NODES[:2]
NO_SCTP = "protocol_unreachable"


def _to_b(path: Path) -> bool:
    return path.path == "pod" and path.target == B != path.node


def _responder_gone(path: Path) -> bool:
    return path.path == "pod" and path.target == B


def _isolated(path: Path) -> bool:
    return path.node == B != path.target or path.target == B != path.node


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        pytest.param(lambda _: False, {}, id="nothing"),
        pytest.param(
            _to_b,
            {"pod target": 3},
            id="many sources agree",
        ),
        pytest.param(
            _responder_gone,
            {"pod target": 3, "pod hairpin": 1},
            id="the responder is gone, for its own node too",
        ),
        pytest.param(
            lambda p: p.path == "pod" and p.node == B != p.target,
            {"pod source": 3},
            id="one source, all its targets",
        ),
        pytest.param(
            _isolated,
            {
                "pod source": 3,
                "pod target": 3,
                "cluster_ip source": 2,
                "node_port endpoint": 4,
            },
            id="a node is cut off: it is at fault from both sides",
        ),
        pytest.param(
            lambda p: p.path == "pod" and (p.node, p.target) == (A, B),
            {"pod fabric": 1},
            id="between two nodes",
        ),
        pytest.param(
            lambda p: p.path == "pod" and p.node != p.target,
            {"pod fabric": 18},
            id="everything between nodes",
        ),
        pytest.param(
            lambda p: p.path == "pod" and p.node == p.target == A,
            {"pod hairpin": 1},
            id="a node's own pod",
        ),
        pytest.param(
            lambda p: p.path == "cluster_ip" and p.form == "translated",
            {"cluster_ip service": 6},
            id="nobody can have ports rewritten",
        ),
        pytest.param(
            lambda p: p.path == "cluster_ip" and p.node == A and p.form == "same",
            {"cluster_ip source": 1},
            id="one node's Service rules",
        ),
        pytest.param(
            lambda p: p.path == "node_port",
            {"node_port service": 18},
            id="no node port works",
        ),
        pytest.param(
            lambda p: p.path == "node_port" and p.target == A,
            {"node_port target": 3},
            id="one node's port",
        ),
    ],
)
def test_fault(fails: Fault, expected: Mapping[str, int], tmp_path: File) -> None:
    """Many sources against one, one source against all, neither: in that order."""
    _prove(Mesh((Period(8, fails),)), expected, tmp_path)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        pytest.param(
            lambda p: p.node == A and p.target in NODES[1:3],
            {"pod fabric": 2},
            id="half of what a node probes",
        ),
        pytest.param(
            lambda p: p.node == A and p.target in NODES[1:4],
            {"pod source": 3},
            id="most of what a node probes",
        ),
        pytest.param(
            lambda p: p.target == A and p.node in NODES[4:],
            {"pod fabric": 2},
            id="half of those who probe a node",
        ),
        pytest.param(
            lambda p: p.target == A and p.node in NODES[3:],
            {"pod target": 3},
            id="most of those who probe a node",
        ),
    ],
)
def test_share(fails: Fault, expected: Mapping[str, int], tmp_path: File) -> None:
    """More than half is most; half is not."""
    periods = (Period(8, lambda p: p.path == "pod" and fails(p)),)

    _prove(Mesh(periods, neighbours=4), expected, tmp_path)


@pytest.mark.prometheus
def test_share_of_services(tmp_path: File) -> None:
    """A form that half of the nodes cannot use is theirs, and of most, everybody's."""
    failing = {"same": NODES[:3], "translated": NODES[2:]}
    periods = (
        Period(8, lambda p: p.path == "cluster_ip" and p.node in failing[p.form]),
    )

    _prove(Mesh(periods), {"cluster_ip source": 3, "cluster_ip service": 4}, tmp_path)


@pytest.mark.prometheus
def test_single_node(tmp_path: File) -> None:
    """What nobody else can try is not called everybody's."""
    mesh = Mesh((Period(8, lambda p: p.path == "cluster_ip"),), (A,))

    _prove(mesh, {"cluster_ip source": 2}, tmp_path)


@pytest.mark.prometheus
def test_pod_that_replaces_another(tmp_path: File) -> None:
    """What one began the other goes on with, as one path."""
    half, away = Period(4, _to_b), Period(4, _to_b, scraped=False)
    old, new = Mesh((half, away)), Mesh((away, half), pod="agent-b")

    _prove(old, {"pod target": 3}, tmp_path, new)


@pytest.mark.prometheus
def test_pairing_that_has_ended(tmp_path: File) -> None:
    """A path that is not probed any more is forgotten."""
    mesh = Mesh((Period(4, _to_b), Period(4, _to_b, scraped=False)))

    _prove(mesh, {}, tmp_path)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("state", "pods"), [("unavailable", 3), ("on_demand", 4), ("unknown", 4)]
)
def test_target_without_sctp(state: str, pods: int, tmp_path: File) -> None:
    """What is known of the target's own state explains it: no path is at fault."""
    periods = (Period(8, lambda p: p.target == B),)
    mesh = Mesh(periods, states={B: state, A: "ready"})

    expected = {"pod state": pods, "node_port state": pods - 1}
    _prove(mesh, expected, tmp_path)


def _no_sctp_at_b(path: Path) -> bool | str:
    """Fail as a Service and a node port do when B is behind them, and B's pod."""
    return NO_SCTP if path.target == B or path.path == "cluster_ip" else False


def _no_sctp_or_silent(path: Path) -> bool | str:
    return (
        "timeout" if path.node == A and path.target == NODES[2] else _no_sctp_at_b(path)
    )


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        pytest.param(
            Mesh(
                (Period(8, _no_sctp_at_b),),
                states={B: "unavailable"},
                nameless=frozenset({B}),
            ),
            {"pod state": 3, "cluster_ip state": 10, "node_port state": 2},
            id="a target whose name nobody knows, and what ends at it",
        ),
        pytest.param(
            Mesh(
                (Period(8, _no_sctp_at_b),),
                (A, B),
                states={B: "unavailable"},
                nameless=frozenset({B}),
            ),
            {"pod state": 1, "cluster_ip state": 2, "node_port state": 1},
            id="of two nodes one",
        ),
        pytest.param(
            Mesh((Period(8, _no_sctp_at_b),), states={B: "unknown"}),
            {"pod state": 4, "cluster_ip state": 12, "node_port state": 3},
            id="a target that is not ready yet",
        ),
        pytest.param(
            Mesh(
                (Period(8, lambda p: _no_sctp_at_b(p) if p.path == "pod" else False),)
            ),
            {"pod hairpin": 1, "pod target": 3},
            id="but not a target that is ready: a rule says it in its place",
        ),
        pytest.param(
            Mesh(
                (Period(8, _no_sctp_or_silent),),
                NODES[:3],
                nameless=frozenset({B}),
                states={B: "unavailable"},
            ),
            {
                "cluster_ip state": 4,
                "node_port endpoint": 1,
                "node_port state": 2,
                "pod fabric": 1,
                "pod state": 2,
            },
            id="it counts for nothing where another path fails",
        ),
        pytest.param(
            Mesh((Period(8, _to_b),), silent=frozenset({B})),
            {"pod state": 3},
            id="a target whose agent is down",
        ),
    ],
)
def test_no_sctp(mesh: Mesh, expected: Mapping[str, int], tmp_path: File) -> None:
    """ICMP says that the kernel there has none: explained, whatever the name."""
    _prove(mesh, expected, tmp_path)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        pytest.param(
            Mesh((Period(8, _to_b),), nameless=frozenset({B})),
            {"pod fabric": 3},
            id="one path of many to it is nobody's",
        ),
        pytest.param(
            Mesh((Period(8, _to_b),), (A, B), nameless=frozenset({B})),
            {"pod fabric": 1},
            id="the only path to it is no proof against the source",
        ),
        pytest.param(
            Mesh(
                (Period(8, _to_b),), nameless=frozenset({B}), unreached=frozenset({B})
            ),
            {"pod unnamed": 3},
            id="it is the one that nobody reaches",
        ),
    ],
)
def test_nameless(mesh: Mesh, expected: Mapping[str, int], tmp_path: File) -> None:
    """A target that has never answered has no name."""
    _prove(mesh, expected, tmp_path)


def _hairpin_of_b_too(path: Path) -> bool:
    return path.path == "pod" and path.target == B


def _now_and_then(path: Path) -> bool:
    return _to_b(path) or path.path == "cluster_ip"


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        pytest.param(
            Mesh(
                (Period(8, lambda p: p.node != p.target and p.path == "pod"),), (A, B)
            ),
            {"pod fabric": 2},
            id="both ways",
        ),
        pytest.param(
            Mesh((Period(8, _to_b),), (A, B)), {"pod fabric": 1}, id="one way"
        ),
        pytest.param(
            Mesh((Period(8, _hairpin_of_b_too),), (A, B)),
            {"pod hairpin": 1, "pod target": 1},
            id="the one that does not reach itself",
        ),
        pytest.param(
            Mesh(
                (Period(8, lambda p: p.path == "pod" and p.node == B),),
                (A, B),
            ),
            {"pod hairpin": 1, "pod source": 1},
            id="the one that reaches neither itself nor the other",
        ),
        pytest.param(
            Mesh(
                (Period(2, _to_b), Period(8, _now_and_then)),
                (A, B),
            ),
            {"pod fabric": 1, "cluster_ip endpoint": 4},
            id="services fail with the pods, not all the time",
        ),
        pytest.param(
            Mesh((Period(12, _now_and_then),), (A, B)),
            {"pod fabric": 1, "cluster_ip service": 4},
            id="services fail all the time",
        ),
        pytest.param(
            Mesh((Period(8, lambda p: p.node == A and p.target == B),), (A, B)),
            {"pod fabric": 1, "node_port endpoint": 1},
            id="a node port fails with the pod of its node",
        ),
    ],
)
def test_two_nodes(mesh: Mesh, expected: Mapping[str, int], tmp_path: File) -> None:
    """With one witness for each there is no telling, unless one fails alone."""
    _prove(mesh, expected, tmp_path)


@pytest.mark.prometheus
def test_not_for_minutes(tmp_path: File) -> None:
    """What fails in less than half of ten minutes, or not any more, is no fault."""
    for course in ((5, False), (4, True)), ((5, False), (8, True), (3, False)):
        periods = tuple(
            Period(minutes, _to_b if fails else lambda _: False)
            for minutes, fails in course
        )

        _prove(Mesh(periods), {}, tmp_path, minute=sum(m for m, _ in course) - 1)


def _prove(
    mesh: Mesh,
    expected: Mapping[str, int],
    folder: File,
    *more: Mesh,
    minute: int | None = None,
) -> None:
    """Fail if in the last minute paths are attributed otherwise than *expected*."""
    last = sum(period.minutes for period in mesh.periods) - 1
    group = {
        "interval": f"{SCRAPE}s",
        "input_series": [row for one in (mesh, *more) for row in one.input_series()],
        "promql_expr_test": [faults(expected, last if minute is None else minute)],
    }
    prove_groups([group], folder)
