"""A fleet of responders and probers on a real kernel: what it holds on to."""

import json
import os

import pytest

from tests.vm import fabric, steps
from tests.vm.fleet import Fleet
from tests.vm.image import Contents
from tests.vm.module_tree import MODULES

NODES = 50
NEIGHBOURS = int(os.environ.get("PATH_NEIGHBOURS", "2"))
ROUNDS = int(os.environ.get("PATH_ROUNDS", "4"))
"""An hour is 120 rounds of 30 seconds; here one follows the other."""

WARM = 2
NEW = 20
"""Rounds after which a peer is no longer new."""

PLAN = "/run/plan.json"
NEIGHBOURS_WHILE_NEW = 2 * NEIGHBOURS
VISITORS = 3
"""Those whose turn it is to try a node: one in a round, more by chance."""

MOST_WATCHERS = NEIGHBOURS_WHILE_NEW + 1 + VISITORS
MORE_MEMORY = 4 << 20
"""Bytes that a process may grow by after its first rounds, whatever their number.

A forked one counts what it has inherited as it comes to use it.
"""


@pytest.mark.vm
@pytest.mark.timeout(300 * ROUNDS + 3600)
def test_fleet_holds_on_to_nothing() -> None:
    """Everybody reaches everybody; memory, descriptors and threads stay as they are."""
    begin, end = _measured()

    # Each node probes its neighbours and itself; while peers are new, also those that
    # come next by address.
    assert {node["bad"] for node in end.values()} == {0}
    most = 1 + (NEIGHBOURS if ROUNDS > NEW else NEIGHBOURS_WHILE_NEW)
    assert all(1 + NEIGHBOURS <= node["good"] <= most for node in end.values())
    grown = {
        what: max(node[what] - begin[name][what] for name, node in end.items())
        for what in ("memory", "descriptors", "threads", "associations")
    }
    print(f"{NODES} nodes, {ROUNDS} rounds, grown by at most: {grown}")
    assert grown["memory"] < MORE_MEMORY
    assert grown["threads"] == 0
    # Others may be in the middle of a probe of this one.
    assert grown["associations"] <= MOST_WATCHERS
    assert grown["descriptors"] <= MOST_WATCHERS


def _measured() -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Return what each node holds after the first rounds, and after the last."""
    machines = Fleet(Contents(modules=MODULES), memory=1536)
    try:
        node = machines.fresh("bookworm")
        node.prepare(
            steps.command("modprobe", "sctp"),
            steps.write(PLAN, json.dumps(_plan())),
        )
        for argv in (
            ["sh", "-c", fabric.flat(NODES)],
            ["python3", "-S", "-m", "tests.vm.guest.lab", PLAN],
        ):
            ended = node.execute(argv, seconds=60 * ROUNDS + 300)
            assert ended.status == 0, ended
    finally:
        machines.close()
    _, warm, late = json.loads(ended.stdout)
    return warm["results"][-1], late["results"][-1]


def _plan() -> dict[str, object]:
    nodes = [
        {
            "name": f"worker-{number}",
            "namespace": fabric.flat_name(number),
            "host_addresses": [],
        }
        for number in range(NODES)
    ]

    def step(name: str, **order: object) -> dict[str, object]:
        return {"name": name, "script": "", "orders": [order]}

    return {
        "port": fabric.PORT,
        "neighbours": NEIGHBOURS,
        "node_port": 0,
        "peers": fabric.PEERS,
        "services": [],
        "deadline": 30.0,  # one slow processor serves all of them
        "at_once": 1,
        "nodes": nodes,
        "steps": [
            step("answer", do="answer"),
            step("warm", do="rounds", count=WARM),
            step("late", do="rounds", count=ROUNDS - WARM),
        ],
    }
