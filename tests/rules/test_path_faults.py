"""Which end of a failing path is at fault: the recording rule's answers."""

from collections.abc import Mapping
from pathlib import Path as File

import pytest

from tests.rules.fleet import SCRAPE
from tests.rules.mesh import NODES, Fault, Mesh, Path, Period, faults
from tests.rules.promtool import PATHS, prove_groups

A, B = NODES[:2]


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
                "node_port source": 2,
                "node_port target": 2,
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
def test_worse_of_two_pods(tmp_path: File) -> None:
    """A pod that replaces another is not held better than that was."""
    old, new = (
        Mesh((Period(8, fails),), pod=pod)
        for pod, fails in (("agent-a", lambda _: False), ("agent-b", _to_b))
    )

    _prove(old, {"pod target": 3}, tmp_path, new)


@pytest.mark.prometheus
def test_pairing_that_has_ended(tmp_path: File) -> None:
    """A path that is not probed any more is forgotten."""
    mesh = Mesh((Period(4, _to_b), Period(4, _to_b, scraped=False)))

    _prove(mesh, {}, tmp_path)


@pytest.mark.prometheus
@pytest.mark.parametrize("state", ["unavailable", "on_demand", "unknown"])
def test_target_without_sctp(state: str, tmp_path: File) -> None:
    """What is known of the target's own state explains it: no path is at fault."""
    periods = (Period(8, lambda p: p.target == B),)
    mesh = Mesh(periods, states={B: state, A: "ready"})

    expected = {"pod state": 3, "pod hairpin": 1, "node_port state": 3}
    _prove(mesh, expected, tmp_path)


@pytest.mark.prometheus
def test_two_nodes(tmp_path: File) -> None:
    """With one witness for each there is no telling which of them it is."""
    mesh = Mesh((Period(8, lambda p: p.node != p.target and p.path == "pod"),), (A, B))

    _prove(mesh, {"pod fabric": 2}, tmp_path)


def _prove(mesh: Mesh, expected: Mapping[str, int], folder: File, *more: Mesh) -> None:
    """Fail if after seven minutes paths are attributed otherwise than *expected*."""
    group = {
        "interval": f"{SCRAPE}s",
        "input_series": [row for one in (mesh, *more) for row in one.input_series()],
        "promql_expr_test": [faults(expected, 7)],
    }
    prove_groups([group], folder, rules=PATHS)
