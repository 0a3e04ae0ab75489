"""Every rendered object against the schema of its kind, unknown keys being errors."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from tests.manifests.bundle import Bundle, Object
from tests.manifests.cases import (
    CASES,
    LEAST_PRIVILEGE,
    MACHINE_CONFIGS,
    PLATFORM,
    Case,
)
from tests.manifests.conftest import Bundles
from tests.manifests.structural import FULL, OWN, Schemas, complaints, schemas, strict

#: The oldest Kubernetes whose schemas there are, and the newest.
VERSIONS = ("1.25", kubernetes_validate.latest_version())
OPENSHIFT = Case("overlays/openshift")
WIDE = Case("overlays/openshift", (LEAST_PRIVILEGE, PLATFORM))


Judge = Callable[[Object], list[str]]


@pytest.fixture(scope="session")
def known() -> Schemas:
    """Return the schemas of custom resources: ours, and the full ones if at hand."""
    return schemas(OWN, FULL)


@pytest.fixture(scope="session")
def judge(known: Schemas) -> Judge:
    """Return what tells what is wrong with an object; the same one is judged once."""

    @cache
    def judged(text: str) -> list[str]:
        return _complaints(json.loads(text), known)

    return lambda found: judged(json.dumps(found, sort_keys=True))


@pytest.mark.parametrize(
    "bundle", [*CASES, *MACHINE_CONFIGS], ids=lambda case: case.name, indirect=True
)
def test_valid(bundle: Bundle, judge: Judge) -> None:
    """The API server would take it, and keep all of it."""
    wrong = [
        f"{found['kind']}: {complaint}"
        for found in bundle.objects
        for complaint in judge(found)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        pytest.param("DaemonSet", ("spec", "templat"), {}, id="misspelt, built in"),
        pytest.param(
            "DaemonSet", ("spec", "minReadySeconds"), "1", id="type, built in"
        ),
        pytest.param(
            "ServiceMonitor", ("spec", "jobLable"), "x", id="misspelt, custom"
        ),
        pytest.param("ServiceMonitor", ("spec", "jobLabel"), 1, id="type, custom"),
        pytest.param("PrometheusRule", ("spec", "groups"), {}, id="no list, custom"),
        pytest.param(
            "SecurityContextConstraints", ("allowHostPid",), False, id="misspelt, top"
        ),
    ],
)
def test_noticed(
    bundles: Bundles, known: Schemas, kind: str, path: tuple[str, ...], value: object
) -> None:
    """A wrong key or a wrong type is found by every schema of the kind."""
    found = next(bundles(OPENSHIFT).of(kind))
    target: Any = found
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    applicable = len(known.get((found["apiVersion"], kind), VERSIONS))
    assert len(_complaints(found, known)) >= applicable


def test_own_schemas_cover_all(bundles: Bundles) -> None:
    """Custom kinds have a schema of ours, so that nothing goes unchecked anywhere."""
    kinds = {
        (found["apiVersion"], found["kind"])
        for case in (OPENSHIFT, Case("overlays/kubernetes"), *MACHINE_CONFIGS)
        for found in bundles(case).objects
        if _custom(found)
    }
    assert kinds == schemas(OWN).keys()


def test_strict() -> None:
    """Unknown keys are refused but where a schema leaves them open."""
    schema = strict(
        {
            "type": "object",
            "properties": {
                "closed": {"type": "object", "properties": {"a": {"type": "string"}}},
                "open": {
                    "type": "object",
                    "x-kubernetes-preserve-unknown-fields": True,
                },
                "either": {"x-kubernetes-int-or-string": True},
                "nothing": {"type": "string", "nullable": True},
            },
        }
    )
    good = {"closed": {"a": "1"}, "open": {"b": 1}, "either": 1, "nothing": None}
    assert complaints(good, schema) == []
    assert complaints({"closed": {"b": "1"}}, schema)
    assert complaints({"either": []}, schema)
    assert complaints({"other": 1}, schema)


def _complaints(found: Object, known: Schemas) -> list[str]:
    if _custom(found):
        several = known.get((found["apiVersion"], found["kind"]), [])
        if not several:
            return ["there is no schema"]
        return [text for schema in several for text in complaints(found, schema)]
    wrong = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(found, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            wrong.append(f"{version}: {error}")
    return wrong


def _custom(found: Object) -> bool:
    group: str = found["apiVersion"].rpartition("/")[0]
    return group.endswith((".coreos.com", ".openshift.io"))
