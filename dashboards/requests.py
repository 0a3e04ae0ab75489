"""Panels about who asked for SCTP in vain: of a node, and of the fleet."""

from dashboards.fleet_nodes import NAME
from dashboards.model import (
    Colour,
    Column,
    Kind,
    Link,
    Number,
    Panel,
    Query,
    Unit,
)
from dashboards.queries import (
    NODE,
    NONE,
    NONE_OF_FLEET,
    NONE_OF_NODES,
    POD,
    absence,
    named,
    none_because,
    off_by_default,
    or_row,
    short,
)
from dashboards.workloads import WHO

_FLAG = "--watch-requests"
_WATCHES = "sctp_agent_request_watch_running"
_ASKED = "sctp_node_workload_requests_total"
_DENIED = "sctp_node_workload_denied_requests_total"
_LAST = "sctp_node_workload_last_denied_request_timestamp_seconds"
_LOST = "sctp_agent_request_watch_lost_events_total"
_BLIND = "not seen: no tracefs"
_NOBODY = "nobody has asked since the agent started"
_WHY = Column("reason", "Reason", Link.REASON)
_HOUR = 3600


def _latest(chosen: str, by: str) -> str:
    """Return when each was denied last, labelled by the latest reason."""
    latest = f"topk by ({by}) (1, max by ({by}, reason) ({_LAST}{{{chosen}}}))"
    return f'label_replace({latest}, "reason", "(not known)", "reason", "")'


def _explained(expr: str) -> str:
    """Return a node's *expr* by pod, labelled by why that was denied, if it was."""
    why = f"({_latest('NODES', POD)} > bool 0)"
    joined = f"{expr} * on ({POD}) group_left (reason) {why}"
    return f"(({joined})\nor on ({POD}) {named(expr, reason='(not denied)')})"


def _by_pod(metric: str) -> str:
    return f"sum by ({POD}) ({metric}{{NODES}})"


def _none_of_node(zero: str) -> str:
    """Return the only row where nobody has asked: whether anybody was looked for."""
    blind = f"NaN * ({zero}) and on () {_WATCHES}{{NODES}} == 0"
    return (
        f"({off_by_default(_FLAG, zero, f'{_WATCHES}{{NODES}}', 'pod_name')}"
        f"\nor on () {named(blind, pod_name=f'({_BLIND})')}"
        f"\nor on () {named(zero, pod_name=NONE)})"
    )


def _of_node(expr: str, *, zero: str = NONE_OF_NODES) -> str:
    return or_row(_explained(expr), _none_of_node(zero))


def _in_five_minutes(metric: str) -> str:
    return f"sum(round(increase({metric}{{NODES}}[5m])))"


#: A counter that has just come had no increase yet: all of it is new.
_DENIED_LATELY = f"""{_by_pod(_DENIED)}
unless on ({POD}) sum by ({POD}) ({_DENIED}{{NODES}} offset 5m)
or on ({POD}) sum by ({POD}) (round(increase({_DENIED}{{NODES}}[5m])))"""
_OFF = absence(
    f"off by default: {_FLAG}",
    NONE_OF_NODES,
    f"{_WATCHES}{{NODES}}",
)
_UNSEEN = Query(
    f"{NONE_OF_NODES} and on () {_WATCHES}{{NODES}} == 0", _BLIND, Colour.MAGENTA
)
_QUIET = Query(
    f"{NONE_OF_NODES} and on () {_WATCHES}{{NODES}} == 1"
    f" unless on () group({_ASKED}{{NODES}})",
    _NOBODY,
    Colour.GREY,
)

ON_NODE = (
    Panel(
        Kind.TABLE,
        "Who asked for SCTP, and was denied",
        "Pods that opened a socket while SCTP was not in the kernel, since the agent "
        "started; whoever was denied last is first. (host) is all processes of no pod, "
        "(others) pods without a series of their own, (unknown) what nobody was found "
        "for.",
        (
            Query(
                _of_node(
                    f"({_latest('NODES', POD)} * 1\nor on ({POD})"
                    f" NaN * {_by_pod(_ASKED)})",
                    zero=f"NaN * ({NONE_OF_NODES})",
                ),
                "last denied",
            ),
            Query(_of_node(_by_pod(_DENIED)), "denied"),
            Query(_of_node(_by_pod(_ASKED)), "asked"),
        ),
        Unit.COUNT,
        14,
        columns=(*WHO, _WHY),
        numbers=(
            Number("Last denied", Unit.MOMENT),
            Number("Denied", bad=1),
            Number("Asked"),
        ),
        latest="Last denied",
    ),
    Panel(
        Kind.SERIES,
        "Requests for SCTP in five minutes",
        "Attempts to open a socket while SCTP was not in the kernel. Not denied: it "
        "came meanwhile. Events that were lost may have been requests of anybody.",
        (
            Query(
                _in_five_minutes("sctp_node_denied_requests_total"),
                "denied",
                Colour.VERMILLION,
            ),
            Query(
                f"{_in_five_minutes('sctp_node_requests_total')}"
                f" - {_in_five_minutes('sctp_node_denied_requests_total')}",
                "not denied",
                Colour.BLUE,
            ),
            Query(_in_five_minutes(_LOST), "events lost", Colour.PURPLE),
            _OFF,
            _UNSEEN,
        ),
        Unit.COUNT,
        10,
    ),
    Panel(
        Kind.TIMELINE,
        "Denied requests in five minutes, by pod",
        "How often each pod opened a socket in vain.",
        (
            Query(_DENIED_LATELY, "{{pod_namespace}} {{pod_name}}"),
            _OFF,
            _UNSEEN,
            _QUIET,
        ),
        Unit.COUNT,
        24,
        height=6,
        bad=1,
    ),
)

_OF_POOLS = "cluster, pool"
_ON_NODES = f"{NODE}, {POD}"
_PODS = 'POOLS,pod_name!="(host)"'
_RECENT = f"{_LAST}{{{_PODS}}} > time() - {_HOUR}"
_NEWEST = f"topk(50, {_latest(_PODS, _ON_NODES)})"


def _of_fleet(expr: str, label: str, zero: str = NONE_OF_FLEET) -> str:
    """Return *expr*; the only row where there is none says whether anybody looked."""
    return or_row(expr, none_because(_FLAG, zero, f"{_WATCHES}{{POOLS}}", label))


def _of_pods(expr: str, zero: str = NONE_OF_FLEET) -> str:
    return short(_of_fleet(expr, "node", zero))


def _by_pool(expr: str) -> str:
    """Return *expr* by pool, 0 where somebody looks and there is none."""
    looked = f"0 * count by ({_OF_POOLS}) ({_WATCHES}{{POOLS}})"
    return _of_fleet(f"{expr}\nor on ({_OF_POOLS}) {looked}", "pool")


ON_FLEET = (
    Panel(
        Kind.TABLE,
        "Pods that were denied SCTP",
        "The 50 that opened a socket in vain last, since their agents started. Needs "
        f"{_FLAG}. Processes of the nodes themselves are not among them.",
        (
            Query(_of_pods(_NEWEST, f"NaN * ({NONE_OF_FLEET})"), "last denied"),
            Query(
                _of_pods(
                    f"sum by ({_ON_NODES}) ({_DENIED}{{{_PODS}}}) * on ({_ON_NODES})"
                    f" group_left (reason) ({_NEWEST} > bool 0)"
                ),
                "denied",
            ),
        ),
        Unit.COUNT,
        14,
        columns=(NAME, *WHO, _WHY),
        numbers=(Number("Last denied", Unit.MOMENT), Number("Denied", bad=1)),
        latest="Last denied",
    ),
    Panel(
        Kind.TABLE,
        "Where pods were denied SCTP within an hour",
        f"By pool: the nodes whose agents look ({_FLAG}), those on which a pod was "
        "denied SCTP, and these pods, by name.",
        (
            Query(_by_pool(f"sum by ({_OF_POOLS}) ({_WATCHES}{{POOLS}})"), "watched"),
            Query(
                _by_pool(f"count by ({_OF_POOLS}) (count by ({NODE}) ({_RECENT}))"),
                "nodes",
            ),
            Query(
                _by_pool(
                    f"count by ({_OF_POOLS}) (count by ({_ON_NODES}) ({_RECENT}))"
                ),
                "pods",
            ),
        ),
        Unit.COUNT,
        10,
        columns=(Column("cluster", "Cluster"), Column("pool", "Pool")),
        numbers=(
            Number("Nodes that look"),
            Number("Nodes that denied", bad=1),
            Number("Pods denied", bad=1),
        ),
        latest="Pods denied",
    ),
)
