"""Which agent a node has: one each, and control planes owe nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.manifests.bundle import Bundle, Object, labels
from tests.manifests.cases import (
    EVERY_NODE,
    FORBIDDEN,
    FURTHER_POOL,
    LEAST_PRIVILEGE,
    OVERLAYS,
    PATHS,
    PLATFORM,
    Case,
)
from tests.manifests.conftest import Bundles
from tests.manifests.policies_wiring import INSTANCE

ROLE = "node-role.kubernetes.io/"
LINUX = {"kubernetes.io/os": "linux"}
CONTROL, OLD_CONTROL = {f"{ROLE}control-plane": ""}, {f"{ROLE}master": ""}
WORKER, HARDENED = {f"{ROLE}worker": ""}, {f"{ROLE}hardened": ""}


@dataclass(frozen=True, slots=True)
class Agent:
    """What one DaemonSet expects of a node, and the pool that it reports."""

    expectation: str
    pool: str


ALL, OBSERVED = Agent("required", "all"), Agent("observe", "control-plane")
KINDS_OF_NODE: Mapping[str, dict[str, str]] = {
    "worker": LINUX | WORKER,
    "without a role": LINUX,
    "control plane": LINUX | CONTROL,
    "control plane of an old Kubernetes": LINUX | OLD_CONTROL,
    "control plane of OpenShift": LINUX | CONTROL | OLD_CONTROL,
    "control plane that works too": LINUX | CONTROL | OLD_CONTROL | WORKER,
    "Windows": {"kubernetes.io/os": "windows"},
}


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("node", KINDS_OF_NODE)
@pytest.mark.parametrize(
    ("components", "others", "control"),
    [
        pytest.param((), ALL, OBSERVED, id="as shipped"),
        pytest.param((LEAST_PRIVILEGE, PATHS), ALL, OBSERVED, id="with components"),
        pytest.param((FORBIDDEN,), Agent("forbidden", "all"), OBSERVED, id="forbidden"),
        pytest.param((EVERY_NODE,), ALL, ALL, id="said otherwise"),
        pytest.param(
            (FORBIDDEN, EVERY_NODE),
            Agent("forbidden", "all"),
            Agent("forbidden", "all"),
            id="forbidden everywhere",
        ),
    ],
)
def test_one_agent_a_node(
    bundles: Bundles,
    overlay: str,
    node: str,
    components: tuple[str, ...],
    others: Agent,
    control: Agent,
) -> None:
    """Every Linux node has one agent, and control planes owe nothing."""
    wanted = control if node.startswith("control plane") else others
    found = _agents(bundles(Case(f"overlays/{overlay}", components)), node)
    assert found == ([] if node == "Windows" else [wanted])


@pytest.mark.parametrize(
    ("example", "node", "found"),
    [
        ("worker-pool", "worker", [Agent("required", "worker")]),
        ("worker-pool", "without a role", []),
        ("worker-pool", "control plane", [OBSERVED]),
        ("worker-pool", "control plane that works too", [OBSERVED]),
        ("further-pool", "worker", []),
        ("further-pool", "control plane", []),
    ],
)
def test_pools(bundles: Bundles, example: str, node: str, found: list[Agent]) -> None:
    """A pool is its nodes; control planes are observed beside it, once."""
    assert _agents(bundles(Case(f"examples/{example}")), node) == found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_further_pool_takes_no_control_plane(bundles: Bundles, overlay: str) -> None:
    """Those have their agent from the first."""
    (only,) = bundles(Case(f"overlays/{overlay}", (LEAST_PRIVILEGE, FURTHER_POOL))).each
    assert _agents(only, "control plane") == []


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("components", [(), (LEAST_PRIVILEGE, PLATFORM), ("textfile",)])
def test_only_expectation_and_place_differ(
    bundles: Bundles, overlay: str, components: tuple[str, ...]
) -> None:
    """What is said of the agents is said of both DaemonSets, by every component."""
    if overlay != "openshift":
        components = tuple(name for name in components if name != PLATFORM)
    first, second = bundles(Case(f"overlays/{overlay}", components)).each
    assert first.daemonset["metadata"]["name"] != second.daemonset["metadata"]["name"]
    assert _common(first) == _common(second)
    own = second.daemonset["spec"]["selector"]["matchLabels"]
    assert not own.items() <= labels(first.template).items()


def _agents(bundle: Bundle, node: str) -> list[Agent]:
    """Return the agents that a node would have, as the scheduler places them."""
    has = KINDS_OF_NODE[node]
    return [
        Agent(
            one.environment["SCTP_AGENT_EXPECT"],
            labels(one.template)[INSTANCE],
        )
        for one in bundle.each
        if one.pod["nodeSelector"].items() <= has.items() and _near(one.pod, has)
    ]


def _near(pod: Object, has: Mapping[str, str]) -> bool:
    if "affinity" not in pod:
        return True
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    terms = pod["affinity"]["nodeAffinity"][required]["nodeSelectorTerms"]
    return any(
        all(
            (expression["key"] in has) == (expression["operator"] == "Exists")
            for expression in term["matchExpressions"]
        )
        for term in terms
    )


def _common(bundle: Bundle) -> Object:
    """Return the pods' spec without what is meant to differ."""
    pod = {key: value for key, value in bundle.pod.items() if key != "affinity"}
    (container,) = pod["containers"]
    env = [e for e in container["env"] if e["name"] != "SCTP_AGENT_EXPECT"]
    return pod | {"containers": [container | {"env": env}]}
