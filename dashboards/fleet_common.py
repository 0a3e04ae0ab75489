"""Panels of the fleet about what nodes have in common: kernels, systems, agents."""

from dashboards.fleet_nodes import NAME
from dashboards.model import Annotation, Column, Kind, Number, Panel, Query, Unit
from dashboards.queries import NODE, NONE, named, or_none, short

_RUNS = "cluster, kernel_release, os_id, os_version"
_INFO = f"topk by ({NODE}) (1, sctp_node_info{{POOLS}})"
_RUNNING = f"count by ({_RUNS}) ({_INFO})"
_FAILING = f"""count by ({_RUNS}) (
  max by ({NODE}) (sctp_node_compliant{{POOLS,status="false"}} == 1)
  * on ({NODE}) group_left (kernel_release, os_id, os_version) {_INFO}
)"""
_PROBLEMS = f"""{
    named(
        f'max by ({NODE}) (max_over_time(up{{job="sctp-node-agent",POOLS}}[5m])) == 0',
        problem="down: not scraped for five minutes",
    )
}
or {
    named(
        f"max by ({NODE}) "
        "(changes(sctp_agent_last_run_timestamp_seconds{POOLS}[5m])) == 0 "
        f"unless on ({NODE}) (time() - max by ({NODE}) "
        "(sctp_agent_last_run_timestamp_seconds{POOLS}) < 3 * "
        f"max by ({NODE}) (sctp_agent_interval_seconds{{POOLS}} > 100))",
        problem="stale: no evaluation for five minutes",
    )
}
or {
    named(
        f"max by ({NODE}) (sctp_node_check_status"
        '{POOLS,check="config_drift",status="warn"}) == 1',
        problem="drifted: not as its MachineConfig declares",
    )
}"""
_VERSIONS = "pool_version:sctp_agent_build_info:count"
_BOOTED = "pool:sctp_node_boot_time_seconds:max"

COMMON = (
    Panel(
        Kind.TABLE,
        "Not as expected by kernel and system",
        "One kernel or system image that has all failing nodes is the rollout to look "
        "at; the system is ID and VERSION_ID of its os-release.",
        (
            Query(or_none(f"{_FAILING}\nor 0 * {_RUNNING}", kernel_release=NONE), "n"),
            Query(or_none(_RUNNING, kernel_release=NONE), "m"),
        ),
        Unit.COUNT,
        10,
        columns=(
            Column("cluster", "Cluster"),
            Column("kernel_release", "Kernel"),
            Column("os_id", "System"),
            Column("os_version", "Version"),
        ),
        numbers=(Number("Not as expected", bad=1), Number("Of")),
        latest="Not as expected",
    ),
    Panel(
        Kind.TABLE,
        "Agents that are down or stale, nodes that drifted",
        "What is said about nodes whose agent is down or stale is old or missing.",
        (Query(short(or_none(_PROBLEMS, node=NONE)), "{{node}}"),),
        Unit.COUNT,
        9,
        columns=(NAME, Column("pool", "Pool"), Column("problem", "Problem")),
    ),
    Panel(
        Kind.TABLE,
        "Agents by version",
        "More than one for long is a rollout that does not end.",
        (
            Query(
                or_none(f"sum by (version) ({_VERSIONS}{{POOLS}})", version=NONE),
                "{{version}}",
            ),
        ),
        Unit.COUNT,
        5,
        columns=(Column("version", "Version"),),
        numbers=(Number("Nodes"),),
    ),
)

#: A boot is younger than all before it; less than a minute is a clock being set.
EVENTS = (
    Annotation(
        "Reboots",
        f"{_BOOTED}{{POOLS}} > {_BOOTED}{{POOLS}} offset 2m + 60",
        "A node of pool {{pool}} was booted",
    ),
    Annotation(
        "Rollouts of the agent",
        f"{_VERSIONS}{{POOLS}} unless {_VERSIONS}{{POOLS}} offset 2m"
        f" and on (cluster, pool) {_VERSIONS}{{POOLS}} offset 2m",
        "Version {{version}} came to pool {{pool}}",
    ),
)
