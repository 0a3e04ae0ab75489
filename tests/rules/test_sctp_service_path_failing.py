"""SCTPServicePathFailing: one alert for all nodes, or one for each at fault."""

from collections.abc import Mapping
from pathlib import Path as File

import pytest

from tests.rules.mesh import NODES, Mesh, Path, Period, nothing
from tests.rules.promtool import Alert, alert_group, prove_groups

ALERT = Alert(
    "SCTPServicePathFailing",
    "warning",
    "SCTP Services cannot be reached.",
    "{where} probes of Services over SCTP fail on {paths} paths. The form translated "
    "alone points to a data plane that cannot rewrite SCTP ports. Paths: {reason}.",
    labels=(
        ("cluster", "east"),
        ("job", "sctp-node-agent"),
        ("namespace", "sctp-node-agent"),
    ),
)
A, B = NODES[:2]
DOTTED = A.replace("-", ".")


def _translated(path: Path) -> bool:
    return path.path == "cluster_ip" and path.form == "translated"


def _around_b(path: Path) -> bool:
    return B in {path.node, path.target} and path.node != path.target


def _around_dotted(path: Path) -> bool:
    if path.path == "cluster_ip":
        return (path.node, path.form) in {(DOTTED, "same"), (A, "translated")}
    return path.path == "node_port" and path.target == A


def _cluster_ip_of_a(path: Path) -> bool:
    return path.node == A and path.path == "cluster_ip"


def _no_sctp_at_b(path: Path) -> bool | str:
    """Fail as whatever ends at a kernel without SCTP, or may end there."""
    is_service = path.path != "pod"
    return "protocol_unreachable" if is_service or path.target == B else False


def _with_pods(path: Path) -> bool:
    """Fail as when INITs from one of two nodes are dropped."""
    return (path.node, path.target) == (A, B) or path.path == "cluster_ip"


def _firing(node: str, paths: int, reason: str, pool: str = "amf") -> dict[str, str]:
    where = f"From or at node {node}"
    found = {"node": node, "pool": pool, "where": where}
    return found | {"paths": str(paths), "reason": reason}


def _nobodys(paths: int, reason: str) -> dict[str, str]:
    where = "From several nodes, or for no node's fault,"
    return {"where": where, "paths": str(paths), "reason": reason}


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "firing"),
    [
        pytest.param(
            Mesh((Period(10, nothing), Period(10, _translated), Period(10, nothing))),
            {
                18: (),
                19: (_nobodys(6, "cluster_ip translated (6)"),),
                23: (_nobodys(6, "cluster_ip translated (6)"),),
                24: (),
            },
            id="one-for-all-when-most-of-ten-minutes-fail-and-resolves",
        ),
        pytest.param(
            Mesh(
                (Period(12, lambda p: p.node == A and p.path == "cluster_ip"),),
                pools={A: "smf"},
            ),
            {
                11: (
                    _firing(
                        A, 2, "cluster_ip same (1), cluster_ip translated (1)", "smf"
                    ),
                )
            },
            id="a-node-that-reaches-no-service",
        ),
        pytest.param(
            Mesh(
                (Period(12, lambda p: p.target == A and p.path == "node_port"),),
                pools={A: "smf"},
            ),
            {11: (_firing(A, 3, "node_port translated (3)", "smf"),)},
            id="a-node-whose-port-nobody-reaches",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.path == "node_port"),)),
            {11: (_nobodys(18, "node_port translated (18)"),)},
            id="node-ports-that-nobody-reaches",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.path != "pod" and p.node in NODES[:3]),)),
            {
                11: (
                    _nobodys(
                        11,
                        "cluster_ip same (3), cluster_ip translated (3), "
                        "node_port translated (9)",
                    ),
                )
            },
            id="three-of-six-nodes-are-one-cause",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.node == A and p.path != "cluster_ip"),)),
            {11: ()},
            id="not-for-a-node-whose-pods-reach-nothing-either",
        ),
        pytest.param(
            Mesh(
                (
                    Period(
                        12, lambda p: (p.node, p.target, p.path) == (A, B, "node_port")
                    ),
                )
            ),
            {11: (_nobodys(1, "node_port translated (1)"),)},
            id="nobody-is-accused-when-nobody-can-tell",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: (p.node, p.target) == (A, B)),)),
            {11: ()},
            id="not-for-the-node-port-of-a-node-whose-pod-fails-the-same",
        ),
        pytest.param(
            Mesh((Period(12, _around_b),)),
            {11: ()},
            id="not-for-a-node-that-is-cut-off",
        ),
        pytest.param(
            Mesh((Period(2, nothing), Period(8, _with_pods)), (A, B)),
            dict.fromkeys(range(10), ()),
            id="not-where-a-service-fails-now-and-then-for-its-pods",
        ),
        pytest.param(
            Mesh(
                (Period(12, _no_sctp_at_b),),
                states={B: "unavailable"},
                nameless=frozenset({B}),
            ),
            dict.fromkeys(range(12), ()),
            id="not-for-whoever-ends-at-a-kernel-without-sctp",
        ),
        pytest.param(
            Mesh((Period(1, _cluster_ip_of_a), Period(2, nothing)) * 8),
            dict.fromkeys(range(24), ()),
            id="not-for-one-dial-of-three",
        ),
        pytest.param(
            Mesh((Period(12, _around_dotted),), (DOTTED, A, *NODES[2:])),
            {
                11: (
                    _firing(DOTTED, 1, "cluster_ip same (1)"),
                    _firing(
                        A, 4, "cluster_ip translated (1), node_port translated (3)"
                    ),
                )
            },
            id="a-name-with-a-dot-is-no-pattern",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.path == "pod"),)), {11: ()}, id="not-for-pods"
        ),
    ],
)
def test_alert(
    mesh: Mesh, firing: Mapping[int, tuple[dict[str, str], ...]], tmp_path: File
) -> None:
    """It fires for the nodes in question and for no others."""
    group = alert_group(ALERT, mesh.input_series(), firing)

    prove_groups([group], tmp_path)
