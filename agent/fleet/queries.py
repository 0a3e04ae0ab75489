"""What Prometheus is asked: one instant query for each column of the table."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

IDENTITY = ("cluster", "namespace", "pool", "node", "instance")
"""Labels that tell nodes apart; *instance* counts where the scrape sets no *node*."""

COMPLIANT, EXPECTATION = "compliant", "expectation"
STATE, BOOT_STATE, REASON = "state", "boot_state", "reason"
SCRAPED, STUCK = "scraped", "stuck"
OTHERWISE, ANSWERED, FIRST = "otherwise", "answered", "first"

_BY = ", ".join(IDENTITY)
_POINTS = 288  # of the history; what a query costs grows with it
_FINEST = 60  # seconds between two of them
_RARE = 100  # seconds: with that, five minutes may pass between two evaluations
_ENOUGH = 4  # samples within five minutes, before a clock is said to stand still


@dataclass(frozen=True, slots=True)
class Scope:
    """Which nodes are asked about, all without a choice, and how far back (s)."""

    pools: Sequence[str] = ()
    clusters: Sequence[str] = ()
    history: int = 86_400

    @property
    def step(self) -> int:
        """Seconds between two looks into the past, hence its precision."""
        return max(self.history // _POINTS, _FINEST)


def queries(scope: Scope) -> dict[str, str]:
    """Return the expressions by the name of what they answer."""
    matchers = _matchers(scope)
    up = f'up{{job="sctp-node-agent"{matchers}}}'
    clock = f"sctp_agent_last_run_timestamp_seconds{{{matchers[1:]}}}"
    interval = f"sctp_agent_interval_seconds{{{matchers[1:]}}}"
    compliant = f"sctp_node_compliant{{{matchers[1:]}}}"
    past = f"[{scope.history}s:{scope.step}s]"
    return {
        SCRAPED: f"max by ({_BY}) (max_over_time({up}[5m]))"
        f" and on ({_BY}) max by ({_BY}) ({up})",
        STUCK: f"max by ({_BY}) (changes({clock}[5m])) == 0"
        f" and on ({_BY}) max by ({_BY}) (count_over_time({clock}[5m])) >= {_ENOUGH}"
        f" unless on ({_BY}) (time() - max by ({_BY}) (last_over_time({clock}[5m]))"
        f" < 3 * max by ({_BY}) (last_over_time({interval}[5m]) > {_RARE}))",
        COMPLIANT: _present(compliant, "status", up),
        EXPECTATION: _present(_series("expectation", matchers), "expectation", up),
        STATE: _present(_series("state", matchers), "state", up),
        BOOT_STATE: _present(_series("boot_state", matchers), "state", up),
        REASON: _present(_series("reason", matchers), "reason", up),
        OTHERWISE: _latest(f"timestamp({compliant} == 0)", past, by=f"{_BY}, status"),
        ANSWERED: _latest(f"timestamp({up} == 1)", past, by=_BY),
        FIRST: f"min by ({_BY}) (min_over_time(timestamp({up}){past}))",
    }


def _series(what: str, matchers: str) -> str:
    return f"sctp_node_{what}{{{matchers[1:]}}}"


def _latest(expression: str, past: str, *, by: str) -> str:
    return f"max by ({by}) (max_over_time(({expression}){past}))"


def _present(series: str, label: str, up: str) -> str:
    """Return the query for an answer of now, missed scrapes bridged.

    What is no target any more is not bridged: a node that was removed is gone.
    """
    by = f"{_BY}, {label}"
    return (
        f"max by ({by}) ({series}) == 1 or on ({_BY})"
        f" (max by ({by}) (last_over_time({series}[5m])) == 1"
        f" and on ({_BY}) max by ({_BY}) ({up}))"
    )


def _matchers(scope: Scope) -> str:
    return "".join(_matcher(scope))


def _matcher(scope: Scope) -> Iterator[str]:
    for label, names in (("pool", scope.pools), ("cluster", scope.clusters)):
        if names:
            pattern = "|".join(map(re.escape, names))
            yield f",{label}=~{json.dumps(pattern, ensure_ascii=False)}"
