"""The Kustomize files that the documentation shows: they do what it says."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manifests.bundle import Bundle
from tests.manifests.cases import DAEMONSET
from tests.manifests.kubectl import kustomize
from tests.manifests.policies import violations

TOP = DAEMONSET.parent
PAGES = ("README.md", "docs/deployment.md")
IMAGE = re.compile(r"registry\.my-company\.example/.*sctp-node-agent:0\.1\.0")


@pytest.mark.parametrize("page", PAGES)
def test_own_folder(page: str, tmp_path: Path) -> None:
    """The folder of one's own is rendered, with the image that it names."""
    (text,) = (block for block in _blocks(page) if "kind: Kustomization" in block)
    bundle = _render(yaml.safe_load(text), tmp_path)

    assert IMAGE.fullmatch(bundle.container["image"])
    assert violations(bundle).keys() <= {"image_pinned", "understood"}


def test_narrowed_network(tmp_path: Path) -> None:
    """The patch for the NetworkPolicy lets in one namespace, at the same port."""
    (text,) = (block for block in _blocks(PAGES[1]) if "namespaceSelector" in block)
    own = {"resources": ["../daemonset/overlays/plain"]} | yaml.safe_load(text)
    (policy,) = _render(own, tmp_path).of("NetworkPolicy")

    (rule,) = policy["spec"]["ingress"]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"]["matchLabels"].popitem()[1] == "monitoring"
    assert rule["ports"] == [{"port": "metrics", "protocol": "TCP"}]


def test_narrowed_paths(tmp_path: Path) -> None:
    """The patch for the policy of path probes lets in agents and nodes only."""
    (text,) = (block for block in _blocks(PAGES[1]) if "ipBlock" in block)
    (policy,) = (
        policy
        for policy in _probing(text, tmp_path).of("NetworkPolicy")
        if policy["metadata"]["name"].endswith("paths")
    )

    (rule,) = policy["spec"]["ingress"]
    agents, nodes = rule["from"]
    assert agents["podSelector"] == {"matchLabels": {"sctp-node-agent-paths": "probed"}}
    assert nodes["ipBlock"]["cidr"]
    assert rule["ports"] == [{"port": 10132, "protocol": "SCTP"}]


def test_labelled_monitor(tmp_path: Path) -> None:
    """The label by which a Prometheus chooses is on the monitor and the rules."""
    (text,) = (block for block in _blocks(PAGES[1]) if "release:" in block)
    own = {"resources": ["../daemonset/overlays/kubernetes"]} | yaml.safe_load(text)
    for found in _render(own, tmp_path).of("PodMonitor", "PrometheusRule"):
        assert found["metadata"]["labels"]["release"] == "monitoring"


def test_older_host_address(tmp_path: Path) -> None:
    """The patch for an older Kubernetes changes where addresses come from."""
    (text,) = (block for block in _blocks(PAGES[1]) if "status.hostIP" in block)
    assert violations(_probing(text, tmp_path)) == {
        "paths_understood": ["the node's addresses are status.hostIP"]
    }


@pytest.mark.parametrize(("op", "port"), [("op: replace", "30085"), ("op: remove", 0)])
def test_node_port(op: str, port: object, tmp_path: Path) -> None:
    """Another node port, or none: the places that have to agree do."""
    blocks = (b for b in _blocks(PAGES[1]) if op in b and "PATH_NODE_PORT" in b)
    (text,) = blocks
    bundle = _probing(text, tmp_path)

    assert bundle.environment["SCTP_AGENT_PATH_NODE_PORT"] == str(port)
    assert violations(bundle) == {}


def test_pool_lines_are_the_examples() -> None:
    """The lines that choose a pool are those of the example."""
    (text,) = (block for block in _blocks(PAGES[1]) if "nodeSelector" in block)
    example = DAEMONSET / "examples" / "worker-pool" / "kustomization.yaml"
    assert text in example.read_text(encoding="utf-8")


def _blocks(page: str) -> Iterator[str]:
    text = (TOP / page).read_text(encoding="utf-8")
    return (found[1] for found in re.finditer(r"```yaml\n(.*?)```", text, re.DOTALL))


def _probing(patches: str, folder: Path) -> Bundle:
    own = {
        "resources": ["../daemonset/overlays/openshift"],
        "components": ["../daemonset/components/path-probes"],
    }
    return _render(own | yaml.safe_load(patches), folder)


def _render(own: dict[str, Any], folder: Path) -> Bundle:
    there = os.path.relpath(TOP, folder.resolve())
    for key in ("resources", "components"):
        paths = own.get(key, [])
        own[key] = [path.replace("..", there, 1) for path in paths]
    text = yaml.safe_dump(own)
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")
    return Bundle.parse(kustomize(folder))
