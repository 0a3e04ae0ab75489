"""MachineConfigs inside other objects: judged, or named as not judged."""

import base64
import json
from typing import Any

import pytest

from agent.ignition.documents import Item
from agent.ignition.problems import Source
from agent.ignition.wrappers import unwrap

Object = dict[str, Any]
ROLE = "machineconfiguration.openshift.io/role"
INNER: Object = {"kind": "MachineConfig", "spec": {"config": {}}}
NAMED = INNER | {"metadata": {"name": "99-x", "labels": {ROLE: "worker"}}}
IN_API = {"apiVersion": f"{ROLE.partition('/')[0]}/v1", **INNER}
TEXT = f"apiVersion: {IN_API['apiVersion']}\nkind: MachineConfig\nspec: {{}}\n"


def _remediation(inner: Object, *, apply: bool = True, **metadata: object) -> Object:
    return {
        "kind": "ComplianceRemediation",
        "metadata": {"name": "scan-worker-no-sctp", **metadata},
        "spec": {"apply": apply, "current": {"object": inner}},
    }


def _policy(action: str, kind: str = "musthave", inner: Object = NAMED) -> Object:
    templates = [{"complianceType": kind, "objectDefinition": inner}]
    configuration = {
        "kind": "ConfigurationPolicy",
        "spec": {"remediationAction": action, "object-templates": templates},
    }
    definitions = [{"objectDefinition": configuration}]
    return {
        "kind": "Policy",
        "metadata": {"name": "p"},
        "spec": {"remediationAction": action, "policy-templates": definitions},
    }


def _template(inner: Object) -> Object:
    return {"kind": "Template", "metadata": {"name": "t"}, "objects": [inner]}


def _nested(levels: int) -> Object:
    value: Object = {"a": NAMED}
    for _ in range(levels):
        value = {"a": value}
    return {"kind": "Thing", **value}


@pytest.mark.parametrize(
    ("wrapper", "names", "unjudged"),
    [
        pytest.param(NAMED, ["99-x"], "", id="by itself"),
        pytest.param({"kind": "Secret", "data": {}}, [], "", id="of nothing"),
        pytest.param(
            _remediation(INNER), ["75-scan-worker-no-sctp"], "", id="remediation"
        ),
        pytest.param(_remediation(INNER, apply=False), [], "", id="not applied"),
        pytest.param(
            _remediation(
                INNER, labels={"compliance.openshift.io/scan-name": "cis-master"}
            ),
            ["75-scan-worker-no-sctp"],
            "",
            id="role of its scan",
        ),
        pytest.param(
            _remediation(INNER, name="no-sctp"), [], "for which pool", id="no role"
        ),
        pytest.param(
            _remediation(NAMED, name="no-sctp"), ["75-no-sctp"], "", id="own role"
        ),
        pytest.param(
            {
                "kind": "ComplianceRemediation",
                "metadata": {"name": "a-worker"},
                "spec": {"apply": True, "outdated": {"object": INNER}},
            },
            [],
            "",
            id="outdated",
        ),
        pytest.param(_template(NAMED), ["99-x"], "", id="template"),
        pytest.param(
            _template(INNER), [], "no name", id="template of one without name"
        ),
        pytest.param(
            _template(NAMED | {"spec": {"kernelArguments": ["${X}"]}}),
            [],
            "variables",
            id="template with parameters",
        ),
        pytest.param(_policy("enforce"), ["99-x"], "", id="policy"),
        pytest.param(_policy("inform"), [], "not enforced", id="policy that informs"),
        pytest.param(
            _policy("enforce", "mustnothave"), [], "has to be there", id="the reverse"
        ),
        pytest.param(
            _policy("enforce")
            | {"spec": _policy("enforce")["spec"] | {"disabled": True}},
            [],
            "",
            id="a policy that is switched off",
        ),
        pytest.param(
            {"kind": "ConfigMap", "data": {"config": TEXT}},
            [],
            "a text there",
            id="text",
        ),
        pytest.param(
            {"kind": "ConfigMap", "data": {"config": json.dumps(IN_API)}},
            [],
            "a text there",
            id="text of JSON",
        ),
        pytest.param(
            {
                "kind": "ConfigurationPolicy",
                "spec": {"object-templates-raw": f"- objectDefinition:\n{TEXT}"},
            },
            [],
            "a text there",
            id="text of a policy",
        ),
        pytest.param(
            {"kind": "Secret", "data": {"x": base64.b64encode(TEXT.encode()).decode()}},
            [],
            "base64 there",
            id="text in base64",
        ),
        pytest.param(
            {"kind": "Secret", "data": {"x": "no base64 " * 9, "y": "c2N0cA==" * 9}},
            [],
            "",
            id="other texts",
        ),
        pytest.param(
            {
                "kind": "ConfigMap",
                "data": {"x": TEXT.replace("Config\n", "ConfigPool\n")},
            },
            [],
            "",
            id="text of a pool",
        ),
        pytest.param(
            {"kind": "ConfigMap", "metadata": {"annotations": {"x": TEXT}}},
            [],
            "",
            id="what was applied last",
        ),
        pytest.param(
            {
                "kind": "Kustomization",
                "patches": [{"target": {"kind": "MachineConfig", "name": "x"}}],
            },
            [],
            "changed by a patch",
            id="patch",
        ),
        pytest.param(_nested(2), [], "what becomes of it", id="something else"),
        pytest.param(_nested(99), [], "", id="deeper than anybody writes"),
    ],
)
def test_unwrapped(wrapper: Object, names: list[str], unjudged: str) -> None:
    """What is applied is judged; what may be is named with the reason."""
    found = unwrap([Item(wrapper, Source("x.yaml", 1, {}))])

    assert [item.value["metadata"]["name"] for item in found.items] == names
    assert [unjudged in problem.message for problem in found.unjudged] == [True] * bool(
        unjudged
    )


def test_role_of_a_pool_in_the_input() -> None:
    """A pool of one's own is known by its object."""
    pool = {"kind": "MachineConfigPool", "metadata": {"name": "amf"}}
    wrapper = _remediation(INNER, name="cis-amf-no-sctp")
    source = Source("x.yaml", 1, {})
    _, taken = unwrap([Item(pool, source), Item(wrapper, source)]).items

    assert taken.value["metadata"]["labels"] == {ROLE: "amf"}
    assert taken.keys == ("spec", "current", "object")
