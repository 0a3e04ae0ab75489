"""SCTPPodPathFailing: one alert for the node at fault, whoever has noticed."""

from collections.abc import Mapping
from pathlib import Path as File

import pytest

from tests.rules.mesh import NODES, Mesh, Path, Period, nothing
from tests.rules.promtool import PATHS, Alert, alert_group, prove_groups

ALERT = Alert(
    "SCTPPodPathFailing",
    "warning",
    "SCTP between pods fails from or to a node.",
    "{paths} paths between pods on node {node} and pods on other nodes, or itself, "
    "fail though SCTP is there on both. Where the fault is seen, and on how many "
    "paths: {reason}.",
    labels=(
        ("cluster", "east"),
        ("job", "sctp-node-agent"),
        ("namespace", "sctp-node-agent"),
    ),
)
A, B = NODES[:2]
DOTTED = A.replace("-", ".")


def _to_b(path: Path) -> bool:
    return path.path == "pod" and path.target == B != path.node


def _of_b(path: Path) -> bool:
    return B in {path.node, path.target}


def _around_dotted(path: Path) -> bool:
    return path.path == "pod" and (
        path.target == A != path.node
        or (path.node, path.target) in {(DOTTED, NODES[3]), (A, NODES[4])}
    )


def _firing(node: str, paths: int, reason: str) -> dict[str, str]:
    return {"node": node, "paths": str(paths), "reason": reason}


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "firing"),
    [
        pytest.param(
            Mesh((Period(5, nothing), Period(10, _to_b), Period(10, nothing))),
            {9: (), 10: (_firing(B, 3, "target (3)"),), 20: ()},
            id="fires-for-the-target-and-resolves",
        ),
        pytest.param(
            Mesh((Period(12, _of_b),)),
            {11: (_firing(B, 7, "hairpin (1), source (3), target (3)"),)},
            id="one-alert-for-a-node-that-is-cut-off",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: (p.node, p.target) == (A, B)),)),
            {11: (_firing(A, 1, "fabric (1)"),)},
            id="the-source-when-nobody-can-tell",
        ),
        pytest.param(
            Mesh((Period(12, _to_b),), states={B: "unavailable"}),
            {11: ()},
            id="not-for-a-target-without-sctp",
        ),
        pytest.param(
            Mesh((Period(3, _to_b), Period(3, nothing)) * 4),
            dict.fromkeys(range(24), ()),
            id="not-for-minutes",
        ),
        pytest.param(
            Mesh((Period(9, _to_b), Period(2, _to_b, scraped=False), Period(4, _to_b))),
            {minute: (_firing(B, 3, "target (3)"),) for minute in (7, 10, 14)},
            id="missed-scrapes-are-bridged",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: (p.path, p.node) == ("cluster_ip", A)),)),
            {11: ()},
            id="not-for-services",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: (p.path, p.target) == ("node_port", A)),)),
            {11: ()},
            id="not-for-node-ports",
        ),
        pytest.param(
            Mesh((Period(12, _around_dotted),), (DOTTED, A, *NODES[2:])),
            {
                11: (
                    _firing(DOTTED, 1, "source (1)"),
                    _firing(A, 4, "fabric (1), target (3)"),
                )
            },
            id="a-name-with-a-dot-is-no-pattern",
        ),
    ],
)
def test_alert(
    mesh: Mesh, firing: Mapping[int, tuple[dict[str, str], ...]], tmp_path: File
) -> None:
    """It fires for the nodes in question and for no others."""
    group = alert_group(ALERT, mesh.input_series(), firing)

    prove_groups([group], tmp_path, rules=PATHS)
