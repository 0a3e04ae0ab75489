"""The two pages for a new cluster: what they tell to type does what they say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.arguments import read
from tests.manifests.bundle import Bundle, labels
from tests.manifests.kubectl import kustomize
from tests.manifests.policies import violations
from tests.runbooks.acted import Acted, act
from tests.runbooks.cluster import fates
from tests.runbooks.pages import DOCS, sections

OPENSHIFT, STACK = "openshift", "kube-prometheus-stack"
WORDS = {"eight": 8, "ten": 10}
_RETENTION = "prometheusK8s:\n  retention: 24h"


def _typed(page: str, folder: Path, *, config: str = "") -> Acted:
    """Type every block of *page*, as somebody would who has nothing else."""
    found = sections(DOCS / f"{page}.md")
    return act([b for s in found for b in s.of("sh")], folder, config=config)


def _rendered(acted: Acted) -> Bundle:
    return Bundle.parse(kustomize(acted.folder / "my-cluster"))


@pytest.mark.parametrize("page", [OPENSHIFT, STACK])
def test_as_many_steps_as_it_says(page: str, tmp_path: Path) -> None:
    """All of it can be typed, one step after another; the agent takes what it gets."""
    title, *steps = sections(DOCS / f"{page}.md")
    numbers = [int(n) for s in steps for n in re.findall(r"^(\d+)\. ", s.title)]
    acted = _typed(page, tmp_path)

    assert numbers == [*range(1, WORDS[title.title.split()[-2]] + 1)]
    assert acted.error == ""
    for arguments in acted.agent:
        read(arguments, {})


@pytest.mark.parametrize("page", [OPENSHIFT, STACK])
def test_own_folder(page: str, tmp_path: Path) -> None:
    """The folder that it writes is a whole installation, with the image pushed."""
    acted = _typed(page, tmp_path)
    bundle = _rendered(acted)
    pushed = next(c["argv"][-1] for c in acted.calls if c["argv"][0] == "push")

    assert violations(bundle).keys() <= {"image_pinned", "understood"}
    assert bundle.container["image"].split("/", 1)[1] == pushed.split("/", 1)[1]


def test_nodes_of_the_pool_alone(tmp_path: Path) -> None:
    """On OpenShift nodes that need no SCTP have no agent that would alert."""
    bundle = _rendered(_typed(OPENSHIFT, tmp_path))

    assert bundle.pod["nodeSelector"]["node-role.kubernetes.io/worker"] == ""
    assert labels(bundle.template)["app.kubernetes.io/instance"] == "worker"
    *_, control = bundle.each
    assert "node-role.kubernetes.io/worker" not in control.pod["nodeSelector"]
    assert control.environment["SCTP_AGENT_EXPECT"] == "observe"


def test_control_planes_as_a_pool(tmp_path: Path) -> None:
    """A compact cluster is typed with its one pool, and has one DaemonSet."""
    found = sections(DOCS / f"{OPENSHIFT}.md")
    blocks = [b for s in found for b in s.of("sh")]
    typed = [re.sub(r"\bPOOL=worker\b", "POOL=master", block) for block in blocks]
    (only,) = _rendered(act(typed, tmp_path)).each

    assert violations(only).keys() <= {"image_pinned", "understood"}
    assert only.environment["SCTP_AGENT_EXPECT"] == "required"
    assert "affinity" not in only.pod
    assert "node-role.kubernetes.io/master" in only.pod["nodeSelector"]


def test_the_label_by_which_prometheus_selects(tmp_path: Path) -> None:
    """It is on the monitor and on the rules; the nodes are chosen by one label."""
    bundle = _rendered(_typed(STACK, tmp_path))
    selected = [*bundle.of("PodMonitor"), *bundle.of("PrometheusRule")]

    assert len(selected) == 2
    assert all(labels(found)["release"] == "monitoring" for found in selected)
    assert bundle.pod["nodeSelector"] == {"kubernetes.io/os": "linux"}


@pytest.mark.parametrize(
    ("config", "kept"),
    [
        pytest.param("", {}, id="nothing configured"),
        pytest.param(_RETENTION, {"retention": "24h"}, id="no line end"),
        pytest.param(
            f"enableUserWorkload: false\n{_RETENTION}\n", {"retention": "24h"}, id="off"
        ),
        pytest.param(
            f"{_RETENTION}\nenableUserWorkload: true", {"retention": "24h"}, id="on"
        ),
    ],
)
def test_monitoring_is_merged(
    config: str, kept: dict[str, str], tmp_path: Path
) -> None:
    """What else is configured for the cluster's monitoring is still there."""
    acted = _typed(OPENSHIFT, tmp_path, config=config)
    (call,) = (c["argv"] for c in acted.calls if c["argv"][2:4] == ["set", "data"])
    name, file = call[-1].removeprefix("--from-file=").split("=")
    merged: Any = yaml.safe_load((acted.folder / file).read_text())

    assert name == "config.yaml"
    assert merged == {"enableUserWorkload": True} | (
        {"prometheusK8s": kept} if kept else {}
    )


def test_machine_config_is_judged_first(tmp_path: Path) -> None:
    """All pools that reboot are printed before it is applied."""
    acted = _typed(OPENSHIFT, tmp_path)
    (manifest,) = (m for m in acted.manifests if "kind: MachineConfig\n" in m)
    before = fates(tmp_path, denied=False)
    after = fates(tmp_path, manifest, denied=False)
    pattern = r"^([a-z0-9.-]+): SCTP will be loaded"
    found = re.findall(pattern, acted.out, re.MULTILINE)
    order = [(c["verb"], *c.get("agent", ())[1:2]) for c in acted.calls]

    assert set(found) == {pool for pool in before if before[pool] != after[pool]}
    assert order.index(("podman", "verify")) < order.index(("wait",))
