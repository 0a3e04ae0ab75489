"""SCTPPodPathFailing: one alert for the node at fault, whoever has noticed."""

from collections.abc import Mapping
from pathlib import Path as File

import pytest

from tests.rules.mesh import NODES, Mesh, Path, Period, nothing
from tests.rules.promtool import Alert, alert_group, prove_groups

ALERT = Alert(
    "SCTPPodPathFailing",
    "warning",
    "SCTP between pods fails from or to a node, or between nodes.",
    "{what} {reason}.",
    labels=(
        ("cluster", "east"),
        ("job", "sctp-node-agent"),
        ("namespace", "sctp-node-agent"),
    ),
)
A, B = NODES[:2]
DOTTED = A.replace("-", ".")
MANY = tuple(f"worker-{number}" for number in range(10, 22))


def _to_b(path: Path) -> bool:
    return path.path == "pod" and path.target == B != path.node


def _of_b(path: Path) -> bool:
    return B in {path.node, path.target}


def _around_dotted(path: Path) -> bool:
    return path.path == "pod" and (
        path.target == A != path.node
        or (path.node, path.target) in {(DOTTED, NODES[3]), (A, NODES[4])}
    )


def _between(path: Path) -> bool:
    """Fail where the halves of the fleet meet."""
    half = {*MANY[:6]}
    return path.path == "pod" and (path.node in half) is not (path.target in half)


def _no_sctp_at_b(path: Path) -> bool | str:
    """Fail as whatever is dialled fails with a kernel without SCTP at its end."""
    dialled = path.target == B or path.path == "cluster_ip"
    return "protocol_unreachable" if dialled else False


def _firing(node: str, paths: int, reason: str, pool: str = "amf") -> dict[str, str]:
    what = (
        f"{paths} paths between pods on node {node} and pods on other nodes, or "
        "itself, fail though SCTP is there on both. Where the fault is seen, and on "
        "how many paths:"
    )
    return {"node": node, "pool": pool, "what": what, "reason": reason}


def _nobodys(paths: int, reason: str) -> dict[str, str]:
    what = (
        f"{paths} paths between pods fail, and no node can be told to be the one at "
        "fault: it is what lies between them, or either end. Paths:"
    )
    return {"what": what, "reason": reason}


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("mesh", "firing"),
    [
        pytest.param(
            Mesh((Period(5, nothing), Period(10, _to_b), Period(10, nothing))),
            {
                13: (),
                14: (_firing(B, 3, "target (3)"),),
                18: (_firing(B, 3, "target (3)"),),
                19: (),
            },
            id="fires-for-the-target-when-most-of-ten-minutes-fail-and-resolves",
        ),
        pytest.param(
            Mesh(
                (Period(12, _to_b),),
                pools={B: "upf", A: "smf"},
            ),
            {11: (_firing(B, 3, "target (3)", "upf"),)},
            id="the-pool-is-that-of-the-node-at-fault",
        ),
        pytest.param(
            Mesh(
                (Period(12, lambda p: p.node == A != p.target and p.path == "pod"),),
                pools={A: "smf"},
            ),
            {11: (_firing(A, 3, "source (3)", "smf"),)},
            id="the-source",
        ),
        pytest.param(
            Mesh((Period(12, _of_b),)),
            {11: (_firing(B, 7, "hairpin (1), source (3), target (3)"),)},
            id="one-alert-for-a-node-that-is-cut-off",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: (p.node, p.target) == (A, B)),)),
            {11: (_nobodys(1, f"{A} to {B}"),)},
            id="nobody-is-accused-when-nobody-can-tell",
        ),
        pytest.param(
            Mesh((Period(12, lambda p: p.node != p.target),), (A, B)),
            {11: (_nobodys(2, f"{A} to {B}, {B} to {A}"),)},
            id="of-two-nodes-neither-is-accused",
        ),
        pytest.param(
            Mesh((Period(12, _to_b),), (A, B), nameless=frozenset({B})),
            {11: (_nobodys(1, f"{A} to a node without a name"),)},
            id="nor-the-one-that-is-alone-with-a-node-without-a-name",
        ),
        pytest.param(
            Mesh(
                (Period(12, _to_b),), nameless=frozenset({B}), unreached=frozenset({B})
            ),
            {11: (_firing(B, 1, "unnamed (3)"),)},
            id="the-node-without-a-name-that-nobody-reaches",
        ),
        pytest.param(
            Mesh((Period(12, _between),), MANY, neighbours=4),
            {
                11: (
                    _nobodys(
                        16,
                        "worker-12 to worker-16, worker-13 to worker-16, "
                        "worker-13 to worker-17, worker-14 to worker-16, "
                        "worker-14 to worker-17 and more",
                    ),
                )
            },
            id="a-fleet-in-two-halves-is-one-alert",
        ),
        pytest.param(
            Mesh(
                (Period(12, _no_sctp_at_b),),
                states={B: "unavailable"},
                nameless=frozenset({B}),
            ),
            dict.fromkeys(range(12), ()),
            id="not-for-whoever-dials-a-kernel-without-sctp",
        ),
        pytest.param(
            Mesh(
                (Period(12, _no_sctp_at_b),),
                (A, B),
                states={B: "unavailable"},
                nameless=frozenset({B}),
            ),
            dict.fromkeys(range(12), ()),
            id="nor-if-there-are-two-nodes",
        ),
        pytest.param(
            Mesh((Period(12, _to_b),), silent=frozenset({B})),
            {11: ()},
            id="not-for-a-target-whose-agent-is-down",
        ),
        pytest.param(
            Mesh((Period(12, _to_b),), gone=frozenset({B})),
            {11: ()},
            id="not-for-a-node-that-is-gone",
        ),
        pytest.param(
            Mesh((Period(12, _to_b),), states={B: "unavailable"}),
            {11: ()},
            id="not-for-a-target-without-sctp",
        ),
        pytest.param(
            Mesh((Period(8, nothing), *(Period(2, _to_b), Period(3, nothing)) * 4)),
            dict.fromkeys(range(28), ()),
            id="not-for-minutes",
        ),
        pytest.param(
            Mesh((Period(4, _to_b), Period(1, nothing)) * 6),
            {minute: (_firing(B, 3, "target (3)"),) for minute in range(3, 30)},
            id="comes-and-goes-and-is-one-alert",
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
                    _firing(A, 3, "target (3)"),
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

    prove_groups([group], tmp_path)
