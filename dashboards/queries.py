"""Queries that several panels use."""

from itertools import chain
from pathlib import Path

import yaml

from daemonset.rules.render import SOURCES
from dashboards.model import Colour, Query

NODE = "cluster, pool, node"
POD = "pod_namespace, pod_name"


def _alerts(source: Path) -> list[str]:
    groups = yaml.safe_load(source.read_text(encoding="utf-8"))["groups"]
    rules = chain.from_iterable(group["rules"] for group in groups)
    return [rule["alert"] for rule in rules if "alert" in rule]


#: Every alert of the rules.
ALERTS = tuple(dict.fromkeys(chain.from_iterable(map(_alerts, SOURCES))))
#: 0 if there is any agent to ask, else nothing: a panel that has nothing to report
#: shows that it looked, and stays empty where nobody looks.
NONE_OF_FLEET = "0 * sum(pool:sctp_nodes:count{POOLS})"
NONE_OF_NODES = '0 * sum(up{job="sctp-node-agent",NODES})'
PATHS_OFF = "path probes are off"
NOT_IN_KERNEL = "sctp is not in the kernel: nothing is counted"
#: The name in an empty table's only row.
NONE = "(none)"
#: The first part of a host name, if that has a letter: of an address no part will do.
_SHORT = "([^.]*[A-Za-z][^.]*)[.].*"


def named(expr: str, **labels: str) -> str:
    """Return *expr* with constant *labels*."""
    for label, text in labels.items():
        expr = f'label_replace({expr}, "{label}", "{text}", "", "")'
    return expr


def or_row(expr: str, row: str) -> str:
    """Return *expr*, and if that finds nothing, *row*."""
    return f"({expr})\nor on () {row}"


def or_none(expr: str, **labels: str) -> str:
    """Return *expr*, and if that finds nothing, a row that says so."""
    return or_row(expr, named(NONE_OF_FLEET, **labels))


def off_by_default(flag: str, zero: str, series: str, label: str) -> str:
    """Return a row that names the *flag* in *label*, unless there is any of *series*.

    *zero* is what there is if anybody can be asked; the row has no number, for nothing
    was counted.
    """
    text = f"(off by default: {flag})"
    return named(f"NaN * ({zero}) unless on () group({series})", **{label: text})


def none_because(flag: str, zero: str, looks: str, label: str) -> str:
    """Return the only row where there is none: whether anybody looked.

    There is some of the series *looks* where somebody does; *zero* as above.
    """
    off = off_by_default(flag, zero, looks, label)
    return f"({off}\nor on () {named(zero, **{label: NONE})})"


def short(expr: str, label: str = "node", into: str = "name") -> str:
    """Return *expr* with the host names of *label* without their domain *into* one."""
    expr = f'label_replace({expr}, "{into}", "$1", "{label}", "(.+)")'
    return f'label_replace({expr}, "{into}", "$1", "{label}", "{_SHORT}")'


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


def renamed(metric: str, label: str) -> str:
    """Return the present state of *metric*, by another name than *state*."""
    return f'label_replace({metric} == 1, "{label}", "$1", "state", "(.+)")'


def alerts(matchers: str, none: str) -> str:
    """Return the query for how many times each alert fires, 0 for those that do not."""
    which = f'{matchers},alertname=~"SCTP.+",alertstate="firing"'
    firing = f"count by (alertname) (ALERTS{{{which}}})"
    silent = "\n  or ".join(named(none, alertname=name) for name in ALERTS)
    return f"sort_desc({firing}\nor on (alertname) (\n  {silent}\n))"
