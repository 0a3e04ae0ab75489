"""Every rendering keeps every rule, and every rule notices when it is broken."""

from copy import deepcopy
from typing import Any

import pytest

from tests.manifests.broken_handover import HANDOVER
from tests.manifests.broken_paths import PROBES
from tests.manifests.broken_pods import GONE, PODS, Path
from tests.manifests.broken_rest import REST
from tests.manifests.bundle import Bundle
from tests.manifests.cases import CASES, Case
from tests.manifests.conftest import Bundles
from tests.manifests.policies import POLICIES, violations

BROKEN = (*HANDOVER, *PODS, *PROBES, *REST)


@pytest.mark.parametrize("bundle", CASES, ids=lambda case: case.name, indirect=True)
def test_kept(bundle: Bundle) -> None:
    """No rule is violated."""
    assert violations(bundle) == {}


@pytest.mark.parametrize(
    ("policy", "case", "kind", "path", "value", "complaint"),
    [
        pytest.param(*row, id=f"{row[0]} of {row[3][-1]} in {row[2]} ({row[5]})")
        for row in BROKEN
    ],
)
def test_noticed(
    bundles: Bundles,
    policy: str,
    case: Case,
    kind: str,
    path: Path,
    value: object,
    complaint: str,
) -> None:
    """A rule that is broken on purpose says so."""
    broken = [
        Bundle(objects) for objects in _each_changed(bundles(case), kind, path, value)
    ]
    (rule,) = (rule for rule in POLICIES if rule.__name__ == policy)
    said = [phrase for bundle in broken for phrase in rule(bundle)]
    assert any(complaint in phrase for phrase in said), said


def test_each_rule_is_broken_once() -> None:
    """Every rule has a counter-example."""
    assert {row[0] for row in BROKEN} == {rule.__name__ for rule in POLICIES}


def _each_changed(
    bundle: Bundle, kind: str, path: Path, value: object
) -> list[tuple[dict[str, Any], ...]]:
    """Return the objects with one of them changed, once for each of that kind."""
    changed = []
    for number, found in enumerate(bundle.objects):
        if found["kind"] != kind:
            continue
        objects = deepcopy(bundle.objects)
        target: Any = objects[number]
        for key in path[:-1]:
            target = target[key]
        if value is GONE:
            target.pop(path[-1])
        else:
            target[path[-1]] = value
        changed.append(objects)
    return changed
