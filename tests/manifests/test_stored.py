"""Nothing drifts: what is shipped is what the API server gives back of it."""

from copy import deepcopy
from typing import Any

import pytest

from tests.manifests.bundle import Bundle, Object
from tests.manifests.cases import CASES, MACHINE_CONFIGS
from tests.manifests.stored import canonical, stored


@pytest.mark.parametrize(
    "bundle", [*CASES, *MACHINE_CONFIGS], ids=lambda case: case.name, indirect=True
)
def test_nothing_drifts(bundle: Bundle) -> None:
    """Every object comes back as it was written."""
    assert [stored(found) for found in bundle.objects] == list(bundle.objects)


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
