"""Panels of the fleet that count nodes, now and over time."""

from dashboards.model import Colour, Kind, Panel, Query, Unit
from dashboards.queries import NONE_OF_FLEET

_COMPLIANT = "pool_expectation_status:sctp_node_compliant:sum"
_NOW = "pool_expectation_state:sctp_node_state:sum"
_BOOT = "pool_expectation_state:sctp_node_boot_state:sum"


def _as_expected(series: str) -> str:
    return f"""sum(
  {series}{{POOLS,expectation="required",state=~"ready|on_demand"}}
  or {series}{{POOLS,expectation="forbidden",state="unavailable"}}
  or {series}{{POOLS,expectation="observe"}}
)"""


def _number(
    title: str, description: str, expr: str, *, bad: float | None = None
) -> Panel:
    query = Query(expr, title.lower(), None if bad else Colour.BLUE)
    return Panel(
        Kind.STAT, title, description, (query,), Unit.COUNT, 3, height=4, bad=bad
    )


NUMBERS = (
    _number(
        "Nodes",
        "Nodes that have an agent, whether it answers or not.",
        "sum(pool:sctp_nodes:count{POOLS})",
    ),
    _number(
        "As expected now",
        "Nodes that require SCTP and have it, or can load it; that forbid it and do "
        "not have it; or that are only observed. Agents that do not answer are not "
        "counted.",
        _as_expected(_NOW),
    ),
    _number(
        "As expected after a reboot",
        "The same for what is predicted for after the next reboot.",
        _as_expected(_BOOT),
    ),
    _number(
        "Not as expected",
        "Nodes that are not as expected, now or after a reboot.",
        f'sum({_COMPLIANT}{{POOLS,status="false"}})',
        bad=1,
    ),
    _number(
        "Cannot tell",
        "Nodes whose agent answers, but cannot tell whether they are as expected.",
        f'sum({_COMPLIANT}{{POOLS,status="unknown"}})',
        bad=1,
    ),
    _number(
        "Agents down",
        "Agents that could not be scraped for five minutes.",
        f"sum(pool:sctp_agents_down:count{{POOLS}}) or {NONE_OF_FLEET}",
        bad=1,
    ),
    _number(
        "Agents stale",
        "Agents that answer, but have finished no evaluation for five minutes: what "
        "they say is old.",
        f"sum(pool:sctp_agents_stale:count{{POOLS}}) or {NONE_OF_FLEET}",
        bad=1,
    ),
    _number(
        "Drifted",
        "Nodes whose SCTP configuration is not what their MachineConfig declares.",
        "sum(pool_check_status:sctp_node_check_status:sum"
        f'{{POOLS,check="config_drift",status="warn"}}) or {NONE_OF_FLEET}',
        bad=1,
    ),
)

_STATE_COLOURS = {
    "ready": Colour.BLUE,
    "on_demand": Colour.SKY,
    "unavailable": Colour.ORANGE,
    "unknown": Colour.PURPLE,
}


def _states(title: str, description: str, series: str) -> Panel:
    queries = tuple(
        Query(
            f'sum({series}{{POOLS,state="{state}"}})', state.replace("_", " "), colour
        )
        for state, colour in _STATE_COLOURS.items()
    )
    return Panel(Kind.STACK, title, description, queries, Unit.COUNT, 8)


_OF_STATUS = f'sum({_COMPLIANT}{{POOLS,status="STATUS"}})'
OVER_TIME = (
    Panel(
        Kind.STACK,
        "As expected, now and after a reboot",
        "Nodes by whether they are as expected in both respects.",
        (
            Query(_OF_STATUS.replace("STATUS", "true"), "as expected", Colour.BLUE),
            Query(
                _OF_STATUS.replace("STATUS", "false"),
                "not as expected",
                Colour.VERMILLION,
            ),
            Query(
                _OF_STATUS.replace("STATUS", "unknown"), "cannot tell", Colour.PURPLE
            ),
            Query(
                "clamp_min(sum(pool:sctp_nodes:count{POOLS})"
                f" - sum({_COMPLIANT}{{POOLS}}), 0)",
                "no answer",
                Colour.GREY,
            ),
        ),
        Unit.COUNT,
        8,
    ),
    _states("SCTP now", "Nodes by the state of SCTP, whatever is expected.", _NOW),
    _states(
        "SCTP after a reboot",
        "Nodes by the state that is predicted for after their next reboot.",
        _BOOT,
    ),
)
