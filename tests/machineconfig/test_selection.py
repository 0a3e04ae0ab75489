"""Which MachineConfigs a pool takes, and which rendered one stands for it."""

from typing import Any

import pytest

from agent.ignition.documents import parse
from agent.ignition.entries import ROLE_LABEL
from agent.ignition.objects import machine_configs, pools
from agent.machineconfig.selection import Target, targets
from tests.machineconfig.builders import (
    FILE,
    USUAL,
    Object,
    changed,
    config,
    dump,
    file,
    judge,
    pool,
)

HASH = "0" * 31
ETC = "/etc/modules-load.d/x.conf"
ONE, TWO = f"rendered-cnf-{HASH}1", f"rendered-cnf-{HASH}2"


def _targets(*objects: Object) -> dict[str, list[str]]:
    items = parse(FILE, dump(*objects)).items
    found, _ = targets(machine_configs(items), pools(items))
    return {t.role: [c.name for c in t.configs] for t in found}


def _rendered(name: str) -> Object:
    return changed(config(*USUAL, name=name), ("metadata", "labels"), None)


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        pytest.param({"matchLabels": {ROLE_LABEL: "cnf"}}, ["b"], id="one label"),
        pytest.param(
            {"matchLabels": {ROLE_LABEL: 7}}, [], id="a label that is no text"
        ),
        pytest.param({}, [], id="nothing"),
        pytest.param(
            {"matchExpressions": [{"key": "team", "operator": "Exists"}]},
            ["c"],
            id="any",
        ),
        pytest.param(
            {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]},
            ["a", "b"],
            id="none",
        ),
        pytest.param(
            {
                "matchExpressions": [
                    {"key": ROLE_LABEL, "operator": "NotIn", "values": ["worker"]}
                ]
            },
            ["b", "c"],
            id="not in",
        ),
        pytest.param(
            {"matchExpressions": [{"key": "team", "operator": "Near"}]},
            [],
            id="unknown",
        ),
        pytest.param(
            {
                "matchLabels": {"team": "x"},
                "matchExpressions": [{"key": ROLE_LABEL, "operator": "Exists"}],
            },
            ["c"],
            id="both kinds",
        ),
    ],
)
def test_selector(selector: Object, selected: list[str]) -> None:
    """A selector takes what all its terms take, and an empty one nothing."""
    third = config(name="c", role="other")
    third["metadata"]["labels"]["team"] = "x"
    found = _targets(
        config(name="a"),
        config(name="b", role="cnf"),
        third,
        pool("cnf", selector=selector or {"matchLabels": {}}),
    )

    assert found.get("cnf", []) == selected
    assert found["worker"] == ["a"]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([_rendered(ONE)], {"cnf": [ONE]}, id="without its pool"),
        pytest.param([_rendered(ONE), pool("cnf")], {"cnf": [ONE]}, id="alone"),
        pytest.param(
            [_rendered(ONE), _rendered(TWO), pool("cnf", rendered=TWO)],
            {"cnf": [TWO]},
            id="the one that the pool wants",
        ),
        pytest.param(
            [_rendered(ONE), config(name="a", role="cnf"), pool("cnf")],
            {"cnf": ["a"]},
            id="beside what it is rendered from",
        ),
        pytest.param(
            [_rendered(f"rendered-worker-{HASH}1")],
            {"worker": [f"rendered-worker-{HASH}1"]},
            id="of a pool that every cluster has",
        ),
    ],
)
def test_rendered(objects: list[Object], expected: dict[str, list[str]]) -> None:
    """A rendered config stands for its pool where nothing else does."""
    assert _targets(*objects) == expected


def test_applied_links() -> None:
    """What a cluster got at its installation is nothing to refuse when rendered."""
    rendered: Any = _rendered(ONE)
    rendered["spec"]["config"]["storage"]["links"] = [{"path": "/a", "target": "/b"}]
    result = judge(rendered)

    assert [role.verdict is not None for role in result.roles] == [True]


@pytest.mark.parametrize(
    ("one", "concerned"),
    [
        pytest.param(config(*USUAL), True, id="its files"),
        pytest.param(config(arguments=["module_blacklist=sctp"]), True, id="arguments"),
        pytest.param(
            config(units=[{"name": "x.service", "contents": "modprobe sctp"}]),
            True,
            id="units",
        ),
        pytest.param(config(file(ETC, "data:,sctp")), True, id="what a file says"),
        pytest.param(config(file(ETC, "sctp")), True, id="a file nobody can read"),
        pytest.param(config(file(ETC, "data:,x")), False, id="another module"),
        pytest.param(config(file("/etc/x", "data:,sctp")), False, id="another file"),
        pytest.param(config(arguments=["quiet"]), False, id="nothing"),
    ],
)
def test_concern(one: Object, concerned: object) -> None:
    """A MachineConfig is about SCTP by its files, arguments or units."""
    configs = machine_configs(parse(FILE, dump(one)).items)

    assert Target("worker", configs).concerns_sctp == concerned
