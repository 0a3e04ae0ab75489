"""Rendered MachineConfigs: valid, as intended, and the same as the Kustomize files."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.options import OPTIONS
from agent.findings import Compliance, Expectation, State
from agent.ignition.entries import ROLE_LABEL
from agent.machineconfig.render import as_yaml, machine_config
from tests.machineconfig.builders import Object, judge, judge_text, only_role, problems

KUSTOMIZE = Path(__file__).parents[2] / "daemonset" / "machineconfig"
VERSIONS = next(option.kind for option in OPTIONS if option.flag == "--ignition")
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OVERLAYS = [
    pytest.param(path.parent, id=path.parent.name)
    for path in sorted(KUSTOMIZE.glob("overlays/*/kustomization.yaml"))
]


@pytest.mark.parametrize("role", ["worker", "master", "sctp"])
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("expectation", [REQUIRED, FORBIDDEN])
def test_as_intended(role: str, version: str, expectation: Expectation) -> None:
    """Each rendered MachineConfig verifies as what it was rendered for."""
    rendered = machine_config(role, expectation, version=version)
    result = judge(rendered, expectation=expectation, role=role)
    verdict = only_role(result).verdict

    assert result.compliant == Compliance.TRUE
    assert [p for p in problems(result) if "MachineConfigPool" not in p.message] == []
    assert verdict is not None
    assert verdict.boot_state == (
        State.READY if expectation == REQUIRED else State.UNAVAILABLE
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_valid(version: str) -> None:
    """It has the shape that the cluster's schema of MachineConfigs asks for."""
    rendered: Any = yaml.safe_load(
        as_yaml(machine_config("worker", REQUIRED, version=version, name="x"))
    )

    assert list(rendered) == ["apiVersion", "kind", "metadata", "spec"]
    assert rendered["apiVersion"] == "machineconfiguration.openshift.io/v1"
    assert rendered["kind"] == "MachineConfig"
    assert rendered["metadata"] == {"name": "x", "labels": {ROLE_LABEL: "worker"}}
    assert list(rendered["spec"]) == ["config"]
    assert rendered["spec"]["config"]["ignition"] == {"version": version}
    for entry in rendered["spec"]["config"]["storage"]["files"]:
        assert ("filesystem" in entry) == (version == "2.2.0") != ("overwrite" in entry)
        assert entry["mode"] == 420
        assert entry["contents"]["source"].startswith("data:,")


@pytest.mark.parametrize("first", [REQUIRED, FORBIDDEN])
def test_both(first: Expectation) -> None:
    """The denial wins over the enabling one, whatever the order of their names."""
    second = REQUIRED if first == FORBIDDEN else FORBIDDEN
    both = [
        machine_config("worker", expectation, version="3.2.0", name=name)
        for name, expectation in (("10-a", first), ("20-b", second))
    ]

    assert judge(*both, expectation=FORBIDDEN).compliant == Compliance.TRUE


@pytest.mark.parametrize(
    ("folder", "expectation"),
    [
        pytest.param("base", REQUIRED, id="base"),
        pytest.param("deny", FORBIDDEN, id="deny"),
    ],
)
def test_kustomize_base(folder: str, expectation: Expectation) -> None:
    """The bases are what render writes, below a comment."""
    text = (KUSTOMIZE / folder / "machineconfig.yaml").read_text()
    lines = [line for line in text.splitlines(keepends=True) if line[0] != "#"]
    kustomization = yaml.safe_load(
        (KUSTOMIZE / folder / "kustomization.yaml").read_text()
    )

    assert "".join(lines) == as_yaml(
        machine_config("worker", expectation, version="3.2.0")
    )
    assert kustomization["resources"] == ["machineconfig.yaml"]


def _patched(target: Object, patch: str) -> Object:
    """Return *target* with a JSON patch of replacements applied."""
    for operation in yaml.safe_load(patch):
        assert operation["op"] == "replace"
        *parents, last = (
            part.replace("~1", "/") for part in operation["path"].split("/")[1:]
        )
        inner = target
        for part in parents:
            inner = inner[part]
        assert last in inner
        inner[last] = operation["value"]
    return target


@pytest.mark.parametrize("folder", OVERLAYS)
def test_kustomize_overlay(folder: Path) -> None:
    """An overlay makes of the base what render writes for its role."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    base, *others = kustomization["resources"]
    (patch,) = kustomization["patches"]
    text = (folder / base / "machineconfig.yaml").read_text()
    found = _patched(yaml.safe_load(text), patch["patch"])
    role = found["metadata"]["labels"][ROLE_LABEL]
    documents = [(folder / other).read_bytes() for other in others]

    assert patch["target"] == {
        "kind": "MachineConfig",
        "name": "99-worker-load-sctp-module",
    }
    assert found == machine_config(role, REQUIRED, version="3.2.0")
    result = judge_text(b"---\n".join([as_yaml(found).encode(), *documents]))
    assert (result.compliant, problems(result)) == (Compliance.TRUE, ())
    assert only_role(result).role == role
