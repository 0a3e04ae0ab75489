"""The scrape job for a Prometheus without operator: valid, and the same labels.

Debian 12's Prometheus was built without discovery of Kubernetes, trixie's was not:
that one reads the file as it is shipped. There is no cluster to discover; so for the
labels pods stand in the job as static targets, with what discovery would give them.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manifests.bundle import Bundle, annotations, labels
from tests.manifests.cases import DAEMONSET, Case
from tests.manifests.conftest import Bundles
from tests.manifests.newer import program as newer
from tests.rules.promtool import complaints

FILE = DAEMONSET / "overlays" / "plain" / "prometheus-scrape.yaml"
TOOLS = Path(__file__).parents[2] / ".cache" / "debian" / "usr" / "bin"
META = "__meta_kubernetes_"
DISCOVERY = [{"role": "pod", "namespaces": {"names": ["sctp-node-agent"]}}]


@pytest.fixture
def promtool() -> str:
    """Return the real promtool."""
    found = shutil.which("promtool", path=str(TOOLS)) or shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is missing (`make system`)")
    return found


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        pytest.param({}, True, id="agent"),
        pytest.param({"pod_phase": "Succeeded"}, False, id="agent that has ended"),
        pytest.param({"pod_container_port_name": "web"}, False, id="another port"),
        pytest.param({"pod_label_app_kubernetes_io_name": "x"}, False, id="no agent"),
        pytest.param(
            {"pod_annotation_prometheus_io_scrape": "false"}, False, id="not wanted"
        ),
    ],
)
def test_labels(
    tmp_path: Path,
    bundles: Bundles,
    promtool: str,
    changed: dict[str, str],
    *,
    kept: bool,
) -> None:
    """The overlay's pods are kept, with the labels that the alerts rely on."""
    discovered = _discovered(bundles(Case("overlays/plain"))) | changed
    config = _config(tmp_path, discovered)
    _run(promtool, "check", "config", str(config))
    command = ("check", "service-discovery", "--timeout=1s", str(config))
    (target,) = json.loads(_run(promtool, *command, "sctp-node-agent"))

    found = target.get("labels") or {}
    assert bool(found) == kept
    if kept:
        assert {key: found[key] for key in found if not key.startswith("__")} == {
            "job": "sctp-node-agent",
            "namespace": "sctp-node-agent",
            "pod": "sctp-node-agent-x2x4z",
            "node": "worker-0",
            "instance": "worker-0",
            "pool": "all",
        }
        assert (found["__scheme__"], found["__metrics_path__"]) == ("http", "/metrics")


def test_valid_as_it_is() -> None:
    """A Prometheus with discovery of Kubernetes reads the very file."""
    assert complaints(str(newer("promtool")), "check", "config", str(FILE)) == ""


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        pytest.param("role: pod", "role: pods", "role", id="no such role"),
        pytest.param("names:", "name:", "name", id="misspelt key of discovery"),
        pytest.param("action: keep", "action: hold", "action", id="no such action"),
    ],
)
def test_invalid_is_noticed(tmp_path: Path, before: str, after: str, word: str) -> None:
    """And would say what is wrong with it."""
    text = FILE.read_text(encoding="utf-8")
    broken = tmp_path / "prometheus.yml"
    broken.write_text(text.replace(before, after, 1), encoding="utf-8")
    said = complaints(str(newer("promtool")), "check", "config", str(broken))

    assert word in said


def test_discovery() -> None:
    """Pods of the agent's namespace are discovered, and nothing else."""
    assert _job()["kubernetes_sd_configs"] == DISCOVERY


def _discovered(bundle: Bundle) -> dict[str, str]:
    notes = annotations(bundle.template)
    named = {
        **{f"pod_annotation_{key}": value for key, value in notes.items()},
        **{f"pod_label_{key}": value for key, value in labels(bundle.template).items()},
        "namespace": bundle.daemonset["metadata"]["namespace"],
        "pod_name": "sctp-node-agent-x2x4z",
        "pod_node_name": "worker-0",
        "pod_phase": "Running",
        "pod_container_port_name": bundle.container["ports"][0]["name"],
    }
    clean = str.maketrans("./-", "___")
    return {key.translate(clean): value for key, value in named.items()}


def _config(folder: Path, discovered: dict[str, str]) -> Path:
    job = _job()
    del job["kubernetes_sd_configs"]
    meta = {META + key: value for key, value in discovered.items()}
    job["static_configs"] = [{"targets": ["10.0.0.7:10132"], "labels": meta}]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump({"scrape_configs": [job]}), encoding="utf-8")
    return path


def _job() -> dict[str, Any]:
    (found,) = yaml.safe_load(FILE.read_text(encoding="utf-8"))["scrape_configs"]
    return dict(found)


def _run(*command: str) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
