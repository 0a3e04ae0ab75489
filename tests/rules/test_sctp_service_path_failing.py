"""SCTPServicePathFailing: one alert for all nodes, or one for each at fault."""

from collections.abc import Mapping
from pathlib import Path as File

import pytest

from tests.rules.mesh import NODES, Mesh, Path, Period, nothing
from tests.rules.promtool import PATHS, Alert, alert_group, prove_groups

ALERT = Alert(
    "SCTPServicePathFailing",
    "warning",
    "SCTP Services cannot be reached.",
    "From {where} probes of Services over SCTP fail on {paths} paths. A form "
    "`translated` alone points to a data plane that cannot rewrite SCTP ports.",
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


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "firing"),
    [
        pytest.param(
            Mesh((Period(5, nothing), Period(10, _translated), Period(10, nothing))),
            {
                9: (),
                10: (
                    {
                        "where": "most nodes",
                        "paths": "6",
                        "reason": "cluster_ip translated (6)",
                    },
                ),
                20: (),
            },
            id="one-for-all",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.node == A and p.path == "cluster_ip"),)),
            {
                11: (
                    {
                        "node": A,
                        "where": f"or at node {A}",
                        "paths": "2",
                        "reason": "cluster_ip same (1), cluster_ip translated (1)",
                    },
                )
            },
            id="a-node-that-reaches-no-service",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.target == A and p.path == "node_port"),)),
            {
                11: (
                    {
                        "node": A,
                        "where": f"or at node {A}",
                        "paths": "3",
                        "reason": "node_port translated (3)",
                    },
                )
            },
            id="a-node-whose-port-nobody-reaches",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.path == "node_port"),)),
            {
                11: (
                    {
                        "where": "most nodes",
                        "paths": "18",
                        "reason": "node_port translated (18)",
                    },
                )
            },
            id="node-ports-that-nobody-reaches",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.node == A and p.path != "cluster_ip"),)),
            {
                11: (
                    {
                        "node": A,
                        "where": f"or at node {A}",
                        "paths": "3",
                        "reason": "node_port translated (3)",
                    },
                )
            },
            id="a-node-that-reaches-nothing-outside",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: (p.node, p.target) == (A, B)),)),
            {
                11: (
                    {
                        "node": A,
                        "where": f"or at node {A}",
                        "paths": "1",
                        "reason": "node_port translated (1)",
                    },
                )
            },
            id="the-source-when-nobody-can-tell",
        ),
        pytest.param(
            Mesh((Period(12, _around_b),)),
            {
                11: (
                    {
                        "node": B,
                        "where": f"or at node {B}",
                        "paths": "6",
                        "reason": "cluster_ip same (1), cluster_ip translated (1), "
                        "node_port translated (4)",
                    },
                )
            },
            id="one-alert-for-a-node-that-is-cut-off",
        ),
        pytest.param(
            Mesh((Period(12, _around_dotted),), (DOTTED, A, *NODES[2:])),
            {
                11: (
                    {
                        "node": DOTTED,
                        "where": f"or at node {DOTTED}",
                        "paths": "1",
                        "reason": "cluster_ip same (1)",
                    },
                    {
                        "node": A,
                        "where": f"or at node {A}",
                        "paths": "4",
                        "reason": "cluster_ip translated (1), node_port translated (3)",
                    },
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

    prove_groups([group], tmp_path, rules=PATHS)
