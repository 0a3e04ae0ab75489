"""Panels of the fleet that count nodes: by pool, by answer, and over time."""

from dashboards.model import Colour, Column, Kind, Meaning, Number, Panel, Query, Unit
from dashboards.queries import NONE_OF_FLEET, named

_COMPLIANT = "pool_expectation_status:sctp_node_compliant:sum"
_NOW = "pool_expectation_state:sctp_node_state:sum"
_BOOT = "pool_expectation_state:sctp_node_boot_state:sum"
_NODES = "pool:sctp_nodes:count"
_GROUP = "cluster, pool, expectation"

_ANSWERING = f"sum by ({_GROUP}) ({_COMPLIANT}{{POOLS}})"
#: What a pool is for, if its agents disagree what most of them say.
_MAIN = f"topk by (cluster, pool) (1, {_ANSWERING}) > bool 0"
_GONE = f"""clamp_min(
    sum by (cluster, pool) ({_NODES}{{POOLS}})
    - (sum by (cluster, pool) ({_COMPLIANT}{{POOLS}})
      or 0 * sum by (cluster, pool) ({_NODES}{{POOLS}})), 0)"""
_DOWN = f"""(
  {_GONE} * on (cluster, pool) group_left (expectation) ({_MAIN})
  or 0 * {_ANSWERING}
  or {named(_GONE, expectation="not known")}
    unless on (cluster, pool) {_ANSWERING}
)"""


def _of_status(status: str) -> str:
    some = f'sum by ({_GROUP}) ({_COMPLIANT}{{POOLS,status="{status}"}})'
    return f"{some}\nor 0 * {_DOWN}"


_ALL = f"{_ANSWERING} + {_DOWN}\nor {_DOWN}"
_POOLS = (
    (Number("Nodes"), _ALL),
    (Number("As expected"), _of_status("true")),
    (Number("Not as expected", bad=1), _of_status("false")),
    (Number("Cannot tell", bad=1, colour=Colour.PURPLE), _of_status("unknown")),
    (Number("No answer", bad=1, colour=Colour.MAGENTA), _DOWN),
    (Number("Share", Unit.SHARE), f"({_of_status('true')})\n/ ({_ALL})"),
)


def _as_expected(series: str) -> str:
    return f"""sum(
  {series}{{POOLS,expectation="required",state=~"ready|on_demand"}}
  or {series}{{POOLS,expectation="forbidden",state="unavailable"}}
  or {series}{{POOLS,expectation="observe"}}
)"""


def _number(
    title: str, description: str, expr: str, colour: Colour | None = None
) -> Panel:
    return Panel(
        Kind.STAT,
        title,
        description,
        (Query(expr, title.lower()),),
        Unit.COUNT,
        3,
        height=3,
        bad=1 if colour else None,
        colour=colour or Colour.VERMILLION,
    )


NUMBERS = (
    Panel(
        Kind.TABLE,
        "Pools",
        "Nodes of each pool by what is expected of them, and how many of them are so. "
        "Nodes without an answer are counted where most of their pool are.",
        tuple(Query(expr, number.title.lower()) for number, expr in _POOLS),
        Unit.COUNT,
        24,
        height=6,
        columns=(
            Column("cluster", "Cluster"),
            Column("pool", "Pool"),
            Column("expectation", "Expected"),
        ),
        numbers=tuple(number for number, _ in _POOLS),
        latest="Not as expected",
    ),
    _number(
        "Nodes",
        "Nodes that have an agent, whether it answers or not.",
        f"sum({_NODES}{{POOLS}})",
    ),
    _number(
        "As expected now",
        "Nodes that require SCTP and have it, or can load it; that forbid it and do "
        "not have it; or that are only observed. Agents that do not answer are not "
        "counted.",
        _as_expected(_NOW),
    ),
    _number(
        "And after a reboot",
        "The same for what is predicted for after the next reboot.",
        _as_expected(_BOOT),
    ),
    _number(
        "Not as expected",
        "Nodes that are not as expected, now or after a reboot.",
        f'sum({_COMPLIANT}{{POOLS,status="false"}})',
        Colour.VERMILLION,
    ),
    _number(
        "Cannot tell",
        "Nodes whose agent answers, but cannot tell whether they are as expected.",
        f'sum({_COMPLIANT}{{POOLS,status="unknown"}})',
        Colour.PURPLE,
    ),
    _number(
        "Agents down",
        "Agents that could not be scraped for five minutes.",
        f"sum(pool:sctp_agents_down:count{{POOLS}}) or {NONE_OF_FLEET}",
        Colour.MAGENTA,
    ),
    _number(
        "Agents stale",
        "Agents that answer, but have finished no evaluation for five minutes: what "
        "they say is old.",
        f"sum(pool:sctp_agents_stale:count{{POOLS}}) or {NONE_OF_FLEET}",
        Colour.AMBER,
    ),
    _number(
        "Drifted",
        "Nodes whose SCTP configuration is not what their MachineConfig declares.",
        "sum(pool_check_status:sctp_node_check_status:sum"
        f'{{POOLS,check="config_drift",status="warn"}}) or {NONE_OF_FLEET}',
        Colour.AMBER,
    ),
)

_FALSE = f'sum by (cluster, pool) ({_COMPLIANT}{{POOLS,status="false"}})'
_CHECKS = "pool_check_status:sctp_node_check_status:sum"
OVER_TIME = (
    Panel(
        Kind.TIMELINE,
        "Nodes that are not as expected, by pool",
        "How many of each pool that had any: a step up in one pool is a rollout, in "
        "all pools something they share.",
        (
            Query(
                f"""{_FALSE}
and on (cluster, pool)
  max_over_time(({_FALSE})[$__range:5m] @ end()) > 0
or on () {named(NONE_OF_FLEET, pool="every pool")}""",
                "{{cluster}} {{pool}}",
            ),
        ),
        Unit.COUNT,
        12,
        height=8,
        meanings=(Meaning(0, "as expected", Colour.BLUE),),
        bad=1,
    ),
    Panel(
        Kind.SERIES,
        "Nodes without a good answer",
        "In all chosen pools together; a few agents at a time are nodes that reboot "
        "or agents that are replaced.",
        (
            Query(
                f'sum({_COMPLIANT}{{POOLS,status="false"}})',
                "not as expected",
                Colour.VERMILLION,
            ),
            Query(
                f'sum({_COMPLIANT}{{POOLS,status="unknown"}})',
                "cannot tell",
                Colour.PURPLE,
            ),
            Query(
                f"sum(pool:sctp_agents_down:count{{POOLS}}) or {NONE_OF_FLEET}",
                "agent down",
                Colour.MAGENTA,
            ),
            Query(
                f"sum(pool:sctp_agents_stale:count{{POOLS}}) or {NONE_OF_FLEET}",
                "agent stale",
                Colour.AMBER,
            ),
        ),
        Unit.COUNT,
        12,
        height=8,
    ),
    Panel(
        Kind.SERIES,
        "Checks that find something",
        "On how many nodes checks fail, warn or cannot tell.",
        tuple(
            Query(
                f'sum({_CHECKS}{{POOLS,status="{status}"}}) or {NONE_OF_FLEET}',
                legend,
                colour,
            )
            for status, legend, colour in (
                ("fail", "fail", Colour.VERMILLION),
                ("warn", "warn", Colour.AMBER),
                ("unknown", "unknown", Colour.PURPLE),
            )
        ),
        Unit.COUNT,
        12,
    ),
)
