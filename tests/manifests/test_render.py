"""Rendering: the same each time, and each component does what its name says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.manifests.bundle import Bundle, Object, annotations, labels
from tests.manifests.cases import (
    CASES,
    DAEMONSET,
    FURTHER_POOL,
    LEAST_PRIVILEGE,
    MACHINE_CONFIGS,
    PATHS,
    PLATFORM,
    WORKLOADS,
    Case,
)
from tests.manifests.conftest import Bundles, Render

REGISTRY = "registry.example.com/"
OPENSHIFT, EXAMPLE = "overlays/openshift", "examples/further-pool"
OF_THE_PLATFORM = {"openshift.io/node-selector", "workload.openshift.io/allowed"}
TWICE = (
    Case(OPENSHIFT, (LEAST_PRIVILEGE, PLATFORM)),
    *map(Case, ("overlays/kubernetes", "overlays/plain", "examples/further-pool")),
    *MACHINE_CONFIGS,
)


@pytest.mark.parametrize("case", TWICE, ids=lambda case: case.name)
def test_deterministic(case: Case, render: Render, tmp_path: Path) -> None:
    """Rendered twice, the text is the same to the byte."""
    assert case.render(tmp_path) == render(case)


@pytest.mark.parametrize(
    ("case", "holds"),
    [
        (Case(OPENSHIFT, (LEAST_PRIVILEGE,)), lambda b: not b.privileged),
        (Case(OPENSHIFT), lambda b: b.privileged),
        (Case("base"), lambda b: b.environment["SCTP_AGENT_EXPECT"] == "required"),
        (
            Case(OPENSHIFT, ("forbidden",)),
            lambda b: b.environment["SCTP_AGENT_EXPECT"] == "forbidden",
        ),
        (
            Case(OPENSHIFT, ("tolerate-all",)),
            lambda b: b.pod["tolerations"] == [{"operator": "Exists"}],
        ),
        (Case(OPENSHIFT, (PLATFORM,)), lambda b: "client_ca_file" in _web(b)),
        (Case(OPENSHIFT, (PLATFORM,)), lambda b: _scraped_from(b, "monitoring")),
        (Case(OPENSHIFT), lambda b: _scraped_from(b, "user-workload-monitoring")),
        (Case(OPENSHIFT), lambda b: "client_ca_file" not in _web(b)),
        (
            Case(OPENSHIFT),
            lambda b: annotations(b.objects[0]).keys() >= OF_THE_PLATFORM,
        ),
        (
            Case(OPENSHIFT, (WORKLOADS,)),
            lambda b: b.environment["SCTP_AGENT_WORKLOADS"] == "true",
        ),
        (Case(OPENSHIFT), lambda b: "SCTP_AGENT_WORKLOADS" not in b.environment),
        (Case(OPENSHIFT, (PATHS,)), lambda b: b.probes_paths),
        (Case(OPENSHIFT), lambda b: not b.probes_paths),
        (Case("examples/worker-pool"), lambda b: _pool(b) == ("worker", "worker")),
        (Case("examples/further-pool"), lambda b: _pool(b) == ("hardened", "hardened")),
    ],
    ids=[
        *("least privilege", "privileged", "required", "forbidden", "tolerates all"),
        *("asks for certificates", "platform scrapes", "projects are scraped"),
        *(
            "asks for none",
            "namespace's annotations",
            "workloads",
            "no workloads",
            "paths",
            "no paths",
            "one pool",
            "another pool",
        ),
    ],
)
def test_component(
    bundles: Bundles, case: Case, holds: Callable[[Bundle], bool]
) -> None:
    """A component, an overlay or an example does what its name says."""
    assert holds(bundles(case))


def test_paths_go_first_or_last(bundles: Bundles) -> None:
    """What probes paths and what narrows the rest do not undo each other."""
    others = (LEAST_PRIVILEGE, PLATFORM)
    first, last = (
        sorted(bundles(Case(OPENSHIFT, components)).objects, key=_key)
        for components in ((PATHS, *others), (*others, PATHS))
    )
    for one in (*first, *last):
        if one["kind"] == "DaemonSet":
            one["spec"]["template"]["spec"]["containers"][0]["env"].sort(key=str)
    assert first == last


@pytest.mark.parametrize("overlay", ["openshift", "kubernetes", "plain"])
def test_further_pool_is_only_a_daemonset(bundles: Bundles, overlay: str) -> None:
    """A further pool shares all other objects, and can be deleted without them."""
    both = (LEAST_PRIVILEGE, FURTHER_POOL)
    further = bundles(Case(f"overlays/{overlay}", both)).objects
    assert [found["kind"] for found in further] == ["DaemonSet"]


def test_further_pool_is_no_part_of_the_first(bundles: Bundles) -> None:
    """Neither DaemonSet takes the other's pods for its own, nor has its name."""
    first, further = (
        bundles(case).daemonset for case in (Case(OPENSHIFT), Case(EXAMPLE))
    )
    selector = further["spec"]["selector"]["matchLabels"]
    pods = labels(first["spec"]["template"])
    assert further["metadata"]["name"] != first["metadata"]["name"]
    assert not selector.items() <= pods.items()


def test_image_is_set_in_one_place() -> None:
    """The registry is named in one file, so that one line replaces it."""
    naming = [
        path.relative_to(DAEMONSET)
        for path in sorted(DAEMONSET.rglob("*.yaml"))
        if REGISTRY in path.read_text(encoding="utf-8")
    ]
    assert naming == [Path("base/kustomization.yaml")]


def test_everything_is_rendered() -> None:
    """No component and no example is left out here."""
    tried = {name for case in CASES for name in case.components}
    there = {path.parent.name for path in DAEMONSET.glob("components/*/*ization.yaml")}
    assert there - {"prometheus-rule", "control-plane"} <= tried  # overlays have these
    folders = {case.folder for case in CASES}
    kept = [*DAEMONSET.glob("overlays/*"), *DAEMONSET.glob("examples/*")]
    assert {str(path.relative_to(DAEMONSET)) for path in kept} <= folders


def _web(bundle: Bundle) -> str:
    config = bundle.named("ConfigMap", "sctp-node-agent-web")
    return str(config["data"]) if config else ""


def _scraped_from(bundle: Bundle, monitoring: str) -> bool:
    (policy,) = bundle.of("NetworkPolicy")
    (peer,) = policy["spec"]["ingress"][0]["from"]
    wanted = {"kubernetes.io/metadata.name": f"openshift-{monitoring}"}
    return bool(peer == {"namespaceSelector": {"matchLabels": wanted}})


def _key(found: Object) -> tuple[str, str]:
    return found["kind"], found["metadata"]["name"]


def _pool(bundle: Bundle) -> tuple[str, ...]:
    roles = [key.partition("/")[2] for key in bundle.pod["nodeSelector"]]
    label = labels(bundle.template)["app.kubernetes.io/instance"]
    return (label, *(role for role in roles if role != "os"))
