"""Queries that several panels use."""

from dashboards.model import Colour, Query

RUNBOOKS = "https://github.com/sctp-node-agent/sctp-node-agent/blob/main/docs/runbooks"
NODE = "cluster, pool, node"
#: Every alert of the rules; a test holds it against them.
ALERTS = (
    "SCTPUnavailable",
    "SCTPPoolUnavailable",
    "SCTPPoolDegraded",
    "SCTPWillNotSurviveReboot",
    "SCTPPresentWhereForbidden",
    "SCTPStateUnknown",
    "SCTPLostAfterReboot",
    "SCTPAgentDown",
    "SCTPAgentAbsent",
    "SCTPAgentStale",
    "SCTPAgentCheckCrashed",
    "SCTPConfigDrift",
    "SCTPChecksumErrors",
    "SCTPPodPathFailing",
    "SCTPServicePathFailing",
    "SCTPPathSlow",
)
#: 0 if there is any agent to ask, else nothing: a panel that has nothing to report
#: shows that it looked, and stays empty where nobody looks.
NONE_OF_FLEET = "0 * sum(pool:sctp_nodes:count{POOLS})"
NONE_OF_NODES = '0 * sum(up{job="sctp-node-agent",NODES})'
PATHS_OFF = "path probes are off"
NOT_IN_KERNEL = "sctp is not in the kernel: nothing is counted"


def named(expr: str, **labels: str) -> str:
    """Return *expr* with constant *labels*."""
    for label, text in labels.items():
        expr = f'label_replace({expr}, "{label}", "{text}", "", "")'
    return expr


def or_row(expr: str, row: str) -> str:
    """Return *expr*, and if that finds nothing, *row*."""
    return f"({expr})\nor on () {row}"


def absence(legend: str, none: str, *series: str) -> Query:
    """Return a line at 0 that says why there is nothing, if none of *series* is."""
    there = " ".join(f"unless on () group({one})" for one in series)
    return Query(f"{none} {there}", legend, Colour.GREY)


def joined(start: str, **answers: str) -> str:
    """Return *start* with labels that *answers* have, one series per node in each.

    While a pod is replaced, a node may have two of them: topk keeps one answer.
    """
    joins = "\n".join(
        f"* on ({NODE}) group_left ({label}) topk by ({NODE}) (1, {answer})"
        for label, answer in answers.items()
    )
    return f"{start}\n{joins}"


def alerts(matchers: str, none: str) -> str:
    """Return the query for how many times each alert fires, 0 for those that do not."""
    which = f'{matchers},alertname=~"SCTP.+",alertstate="firing"'
    firing = f"count by (alertname) (ALERTS{{{which}}})"
    silent = "\n  or ".join(named(none, alertname=name) for name in ALERTS)
    return f"{firing}\nor on (alertname) (\n  {silent}\n)"
