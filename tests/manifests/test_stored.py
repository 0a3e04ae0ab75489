"""Nothing drifts: what is shipped is what the API server gives back of it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.manifests.bundle import Bundle, Object
from tests.manifests.cases import BESIDE, CASES, DAEMONSET, MACHINE_CONFIGS
from tests.manifests.conftest import Bundles
from tests.manifests.stored import canonical, stored

SHIPPED = (*CASES, *MACHINE_CONFIGS, *BESIDE)
#: What `kubectl apply` takes two entries of a list to be one by (the patchMergeKey of
#: k8s.io/api): the second would take the place of the first, and both drift for ever.
_MERGED_BY = {
    "containers": ("name",),
    "env": ("name",),
    "initContainers": ("name",),
    "ports": ("containerPort", "port"),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
_MERGING = {"DaemonSet", "Service"}
_MOST_IN_ANNOTATIONS = (
    256 * 1024
)  # bytes; k8s.io/apimachinery, TotalAnnotationSizeLimitB

every_shipped = pytest.mark.parametrize(
    "bundle", SHIPPED, ids=lambda case: case.name, indirect=True
)


@every_shipped
def test_nothing_drifts(bundle: Bundle) -> None:
    """Every object comes back as it was written."""
    assert [stored(found) for found in bundle.objects] == list(bundle.objects)


@every_shipped
def test_nothing_is_merged(bundle: Bundle) -> None:
    """No entry of a list takes the place of another one when it is applied."""
    assert [*_twice(list(bundle.of(*_MERGING)))] == []


@every_shipped
def test_last_applied_fits(bundle: Bundle) -> None:
    """The copy that `kubectl apply` keeps in an annotation has room there."""
    sizes = {found["metadata"]["name"]: _size(found) for found in bundle.objects}
    assert {
        name for name, size in sizes.items() if size > _MOST_IN_ANNOTATIONS
    } == set()


def _size(found: Object) -> int:
    return len(json.dumps(found)) + len(json.dumps(found["metadata"]))


def _twice(value: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401 - as YAML gave it
    """Yield the lists that have two entries of one key."""
    if isinstance(value, list):
        for inner in value:
            yield from _twice(inner, place)
        keys = _MERGED_BY.get(place.rpartition("/")[2], ())
        for key in keys:
            found = [one[key] for one in value if key in one]
            if len(set(found)) < len(found):
                yield f"{place}: {key}: {found}"
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _twice(inner, f"{place}/{name}")


def test_two_entries_of_one_key_are_noticed() -> None:
    """One port over two protocols is such a case; the same number elsewhere is none."""
    both = [{"containerPort": 1, "protocol": each} for each in ("TCP", "SCTP")]
    apart = [{"ports": both[:1]}, {"ports": both[1:]}]
    assert [*_twice({"ports": both})] == ["/ports: containerPort: [1, 1]"]
    assert [*_twice({"containers": apart})] == []


def test_all_that_is_shipped_is_tried(bundles: Bundles) -> None:
    """Each object in a file of ours is among those that are held to this."""
    tried = {_named(found) for case in SHIPPED for found in bundles(case).objects}
    written = {
        _named(found)
        for path in DAEMONSET.rglob("*.yaml")
        for found in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
        if isinstance(found, dict)  # no list of patches
        and found.get("kind", "Component") not in {"Component", "Kustomization"}
    }
    assert len(written) > 20
    assert written <= tried


def _named(found: Object) -> tuple[str, str]:
    return found["kind"], found["metadata"]["name"]


def _object(version: str, kind: str, **fields: object) -> Object:
    return {"apiVersion": version, "kind": kind, **fields}


def _quota(pods: object) -> Object:
    return _object("v1", "ResourceQuota", spec={"hard": {"pods": pods}})


def _container(**fields: object) -> Object:
    template = {"spec": {"containers": [fields]}}
    return _object("apps/v1", "DaemonSet", spec={"template": template})


def _service(**fields: object) -> Object:
    return _object("v1", "Service", spec=fields)


_SCC = "security.openshift.io/v1", "SecurityContextConstraints"
_POLICY = "networking.k8s.io/v1", "NetworkPolicy"


@pytest.mark.parametrize(
    ("given", "back"),
    [
        pytest.param(_quota("100000"), _quota("100k"), id="a quota in full digits"),
        pytest.param(_quota(100), _quota("100"), id="a quota that is a number"),
        pytest.param(
            _object(*_POLICY, spec={"egress": [], "podSelector": {}}),
            _object(*_POLICY, spec={"podSelector": {}}),
            id="no rule of egress, but every pod",
        ),
        pytest.param(
            _service(publishNotReadyAddresses=False, selector={"a": ""}),
            _service(selector={"a": ""}),
            id="a flag that is off, but not an empty value in a map",
        ),
        pytest.param(
            _container(env=[{"name": "A", "value": ""}], securityContext={}),
            _container(env=[{"name": "A"}], securityContext={}),
            id="a variable without a value",
        ),
        pytest.param(
            _container(resources={"requests": {"memory": "1024Mi"}}, tty=False),
            _container(resources={"requests": {"memory": "1Gi"}}),
            id="memory in the smaller unit",
        ),
        pytest.param(
            _container(securityContext={"privileged": False, "runAsUser": 0}),
            _container(securityContext={"privileged": False, "runAsUser": 0}),
            id="pointers keep what they point to",
        ),
        pytest.param(
            _object(*_SCC, seccompProfiles=[], users=[], priority=0),
            _object(*_SCC, users=[], priority=0),
            id="no profiles of seccomp",
        ),
        pytest.param(
            _object(*_SCC, volumes=["secret", "configMap"]),
            _object(*_SCC, volumes=["configMap", "secret"]),
            id="volumes of an SCC in another order",
        ),
        pytest.param(
            _object("v1", "Service", metadata={"labels": {}, "name": "x"}),
            _object("v1", "Service", metadata={"name": "x"}),
            id="no labels",
        ),
        pytest.param(
            _object(
                "monitoring.coreos.com/v1", "PodMonitor", spec={"a": [], "b": None}
            ),
            _object("monitoring.coreos.com/v1", "PodMonitor", spec={"a": []}),
            id="a custom resource loses null only",
        ),
    ],
)
def test_taken_away(given: Object, back: Object) -> None:
    """What the server rewrites or leaves out is noticed, and nothing else."""
    before: Any = deepcopy(given)
    assert stored(given) == back
    assert given == before


@pytest.mark.parametrize("text", ["", "many", "1.5n", "5 Mi", "1..5"])
def test_no_quantity(text: str) -> None:
    """What is no quantity is refused, not passed on."""
    with pytest.raises(ValueError, match=r"quantity|finer"):
        canonical(text)
