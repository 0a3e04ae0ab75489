"""The recording rules: what a dashboard over thousands of nodes reads."""

from pathlib import Path
from typing import Any

import pytest

from agent.findings import Compliance, Expectation, Reason, State, Status
from tests.rules.fleet import (
    SCRAPE,
    Node,
    Phase,
    gone,
    input_series,
    missed,
    node,
    of_pod,
    shown,
    starting,
)
from tests.rules.promtool import prove_groups

FLEET = 'cluster="east",job="sctp-node-agent",namespace="sctp-node-agent"'
DENIED = (State.UNAVAILABLE, Reason.BLACKLISTED)
READY = shown(10, State.READY, compliant=Compliance.TRUE)
THREE = (
    node("worker-0", shown(10, *DENIED, compliant=Compliance.FALSE)),
    node("worker-1", READY),
    node("worker-2", shown(10, State.READY, expect=Expectation.OBSERVE)),
    node("worker-3", READY, pool="smf"),
)
WARNED = {"config_drift": (Status.WARN, Reason.CONFIG_DRIFT)}


def _warned(minutes: int, status: Status) -> Phase:
    return shown(
        minutes, State.READY, checks={"config_drift": (status, Reason.CONFIG_DRIFT)}
    )


Samples = dict[str, float]
Group = dict[str, Any]


def _group(nodes: tuple[Node, ...], query: str, minute: int, found: Samples) -> Group:
    """Return promtool's form of: at *minute* the answers to *query* are *found*."""
    name = query.partition("{")[0]
    return {
        "interval": f"{SCRAPE}s",
        "input_series": input_series(nodes),
        "promql_expr_test": [
            {
                "expr": query,
                "eval_time": f"{minute}m",
                "exp_samples": [
                    {"labels": f"{name}{{{FLEET},{labels}}}", "value": value}
                    for labels, value in found.items()
                ],
            }
        ],
    }


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("nodes", "query", "minute", "found"),
    [
        pytest.param(
            THREE,
            "pool:sctp_nodes:count",
            9,
            {'pool="amf"': 3, 'pool="smf"': 1},
            id="nodes-by-pool",
        ),
        pytest.param(
            THREE,
            'pool_expectation_state:sctp_node_state:sum{state=~"r.*|unavailable"}',
            9,
            {
                'pool="amf",expectation="required",state="ready"': 1,
                'pool="amf",expectation="required",state="unavailable"': 1,
                'pool="amf",expectation="observe",state="ready"': 1,
                'pool="amf",expectation="observe",state="unavailable"': 0,
                'pool="smf",expectation="required",state="ready"': 1,
                'pool="smf",expectation="required",state="unavailable"': 0,
            },
            id="states",
        ),
        pytest.param(
            (node("worker-0", shown(9, State.READY, boot=State.UNAVAILABLE)),),
            'pool_expectation_state:sctp_node_boot_state:sum{state="unavailable"}',
            8,
            {'pool="amf",expectation="required",state="unavailable"': 1},
            id="states-after-a-reboot",
        ),
        pytest.param(
            THREE,
            'pool_expectation_status:sctp_node_compliant:sum{status="false"}',
            9,
            {
                'pool="amf",expectation="required",status="false"': 1,
                'pool="amf",expectation="observe",status="false"': 0,
                'pool="smf",expectation="required",status="false"': 0,
            },
            id="compliance",
        ),
        pytest.param(
            THREE,
            "pool_expectation_reason:sctp_node_reason:sum",
            9,
            {
                'pool="amf",expectation="required",reason="AsExpected"': 1,
                'pool="amf",expectation="required",reason="Blacklisted"': 1,
                'pool="amf",expectation="observe",reason="AsExpected"': 1,
                'pool="smf",expectation="required",reason="AsExpected"': 1,
            },
            id="reasons",
        ),
        pytest.param(
            (node("worker-0", shown(9, State.READY, checks=WARNED)),),
            "pool_check_status:sctp_node_check_status:sum",
            8,
            {'pool="amf",check="config_drift",status="warn"': 1},
            id="checks-that-find-something",
        ),
        pytest.param(
            (
                node("worker-0", READY, missed(9)),
                node("worker-1", READY, gone(9)),
                node("worker-2", READY, missed(6), gone(3)),
            ),
            "pool:sctp_agents_down:count",
            16,
            {'pool="amf"': 1},
            id="agents-down-without-removed-nodes",
        ),
        pytest.param(
            (node("worker-0", starting(20)), node("worker-1", READY, READY)),
            "pool:sctp_agents_stale:count",
            19,
            {'pool="amf"': 1},
            id="agents-that-evaluate-nothing",
        ),
        pytest.param(
            (node("worker-0", shown(9, State.READY, checks=WARNED)), *THREE[1:]),
            "node_check_status:sctp_node_check_status:max",
            8,
            {'pool="amf",node="worker-0",check="config_drift",status="warn"': 1},
            id="who-finds-something",
        ),
        pytest.param(
            (
                node("worker-0", _warned(5, Status.WARN), _warned(5, Status.PASS)),
                node("worker-1", _warned(5, Status.WARN), missed(5)),
                node("worker-2", _warned(10, Status.PASS)),
            ),
            "node_check_status:sctp_node_check_status:max",
            8,
            {'pool="amf",node="worker-1",check="config_drift",status="warn"': 1},
            id="who-found-something-before-only-while-it-is-silent",
        ),
        pytest.param(
            (
                node("worker-0", shown(9, State.READY, booted=1_000)),
                node("worker-1", shown(9, State.READY, booted=2_000)),
            ),
            "pool:sctp_node_boot_time_seconds:max",
            8,
            {'pool="amf"': 2_000},
            id="the-latest-boot",
        ),
        pytest.param(
            THREE,
            "pool_version:sctp_agent_build_info:count",
            9,
            {'pool="amf",version="0.1.0"': 3, 'pool="smf",version="0.1.0"': 1},
            id="agents-by-version",
        ),
        pytest.param(
            (node("worker-0", READY, missed(1)),),
            'pool_expectation_state:sctp_node_state:sum{state="ready"}',
            10,
            {'pool="amf",expectation="required",state="ready"': 1},
            id="a-missed-scrape-is-bridged",
        ),
        pytest.param(
            (node("worker-0", READY, missed(1)),),
            "pool_expectation_reason:sctp_node_reason:sum",
            10,
            {'pool="amf",expectation="required",reason="AsExpected"': 1},
            id="a-missed-scrape-does-not-hide-the-reason",
        ),
        pytest.param(
            (node("worker-0", READY, shown(2, *DENIED)),),
            "pool_expectation_reason:sctp_node_reason:sum",
            10,
            {'pool="amf",expectation="required",reason="Blacklisted"': 1},
            id="a-former-reason-does-not-count",
        ),
        pytest.param(
            (
                node(
                    "worker-0",
                    READY,
                    of_pod("agent-b", shown(2, *DENIED, expect=Expectation.FORBIDDEN)),
                ),
            ),
            'pool_expectation_state:sctp_node_state:sum{state=~"r.*|unavailable"}',
            10,
            {
                'pool="amf",expectation="forbidden",state="ready"': 0,
                'pool="amf",expectation="forbidden",state="unavailable"': 1,
            },
            id="a-replaced-pod-does-not-count",
        ),
    ],
)
def test_recorded(
    nodes: tuple[Node, ...], query: str, minute: int, found: Samples, tmp_path: Path
) -> None:
    """Each node counts once, in its pool and with what it shows now."""
    prove_groups([_group(nodes, query, minute, found)], tmp_path)


@pytest.mark.prometheus
def test_recorded_with_two_pods_of_two_minds(tmp_path: Path) -> None:
    """Two agents of one node that differ in what is expected spoil no rule."""
    nodes = (
        node("worker-0", READY),
        node(
            "worker-0",
            of_pod("agent-b", shown(10, State.READY, expect=Expectation.OBSERVE)),
        ),
    )
    query = 'sum(pool_expectation_state:sctp_node_state:sum{state="ready"})'
    group = _group(nodes, query, 9, {})
    group["promql_expr_test"][0]["exp_samples"] = [{"labels": "{}", "value": 1}]

    prove_groups([group], tmp_path)
