"""The fleet as a table for people, and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.findings import Compliance
from agent.fleet.node import Node
from agent.fleet.summary import Group, count, groups, headline
from agent.fleet.table import STYLES, write_nodes
from agent.printable import printable, well_formed
from agent.terminal.console import writing_to
from agent.times import rfc3339

_SCHEMA_VERSION = 1
_UNWRAPPED = 1000  # characters: for other programs, one node is one line


@dataclass(frozen=True, slots=True)
class Fleet:
    """What was found of which Prometheus, and when (Unix time)."""

    url: str
    time: float
    nodes: tuple[Node, ...]
    warnings: tuple[str, ...] = ()


def write_json(fleet: Fleet, selection: Sequence[Node], stream: TextIO) -> None:
    """Write the summary of the whole fleet and the nodes of *selection*."""
    document = {
        "schema_version": _SCHEMA_VERSION,
        "prometheus": fleet.url,
        "time": rfc3339(fleet.time),
        "summary": {
            **_counts(fleet.nodes),
            "groups": [_group_as_dict(group) for group in groups(fleet.nodes)],
        },
        "nodes": [_node_as_dict(node) for node in selection],
        "warnings": list(fleet.warnings),
    }
    stream.write(json.dumps(well_formed(document), indent=2) + "\n")


def write_text(fleet: Fleet, selection: Sequence[Node], stream: TextIO) -> None:
    """Write the same for people, in colour on a terminal."""
    with writing_to(stream, plain_width=_UNWRAPPED) as console:
        print_fleet(console, fleet, selection)


def print_fleet(console: Console, fleet: Fleet, selection: Sequence[Node]) -> None:
    """Print it: how it is in all, then by pool, then the nodes."""
    style = STYLES[_worst(fleet.nodes)]
    console.print(Text(headline(fleet.nodes), style=f"bold {style}"))
    for warning in fleet.warnings:
        console.print(Text(f"incomplete: {warning}", style="yellow"))
    if fleet.nodes:
        console.print()
        _write_groups(console, groups(fleet.nodes))
    if selection:
        console.print()
        write_nodes(console, fleet.nodes, selection, fleet.time)


def _worst(nodes: Sequence[Node]) -> Compliance:
    answers = {node.compliant for node in nodes} or {Compliance.UNKNOWN}
    order = (Compliance.FALSE, Compliance.UNKNOWN, Compliance.TRUE)
    return next(compliant for compliant in order if compliant in answers)


def _write_groups(console: Console, rows: Sequence[Group]) -> None:
    clusters = len({group.cluster for group in rows}) > 1
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim not bold"
    )
    head = ("pool", "expectation", "nodes", "as expected", "not", "not known")
    for column in (*["cluster"] * clusters, *head, "reasons"):
        table.add_column(column, overflow="fold")
    for group in rows:
        reasons = ", ".join(f"{reason} {number}" for reason, number in group.reasons)
        table.add_row(
            *[printable(group.cluster)] * clusters,
            printable(group.pool),
            group.expectation or "?",
            str(len(group.nodes)),
            *(_number(group, compliant) for compliant in Compliance),
            printable(reasons),
        )
    console.print(table)


def _number(group: Group, compliant: Compliance) -> Text:
    number = group.count(compliant)
    return Text(str(number), style=STYLES[compliant] if number else "dim")


def _counts(nodes: Sequence[Node]) -> dict[str, int]:
    return {
        "nodes": len(nodes),
        "as_expected": count(nodes, Compliance.TRUE),
        "not_as_expected": count(nodes, Compliance.FALSE),
        "unknown": count(nodes, Compliance.UNKNOWN),
    }


def _group_as_dict(group: Group) -> dict[str, Any]:
    return {
        "cluster": group.cluster or None,
        "pool": group.pool or None,
        "expectation": group.expectation,
        **_counts(group.nodes),
        "reasons": dict(group.reasons),
    }


def _node_as_dict(node: Node) -> dict[str, Any]:
    return {
        "node": node.name,
        "pool": node.pool or None,
        "cluster": node.cluster or None,
        "expectation": node.expectation,
        "state": node.state.value,
        "boot_state": node.boot_state.value,
        "compliant": node.compliant.value,
        "reason": node.reason,
        "since": None if node.since is None else rfc3339(node.since),
        "since_or_before": not node.exact,
    }
