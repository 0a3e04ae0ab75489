"""Panels about who uses SCTP, or asked for it in vain: of a node, and of the fleet."""

from dashboards.fleet_nodes import NAME
from dashboards.model import Colour, Column, Kind, Number, Panel, Query, Unit
from dashboards.queries import (
    NODE,
    NONE_OF_FLEET,
    NONE_OF_NODES,
    POD,
    absence,
    none_because,
    or_row,
    short,
)

_USE = "sctp_node_workload_"
_FLAG = "--workloads"
_LOOKS = "sctp_agent_workloads_complete"
_NOT_ASKED = absence(f"off by default: {_FLAG}", NONE_OF_NODES, f"{_LOOKS}{{NODES}}")
WHO = (Column("pod_namespace", "Namespace"), Column("pod_name", "Pod"))


def _by_pod(name: str, by: str, chosen: str) -> str:
    return f"sum by ({by}) ({_USE}{name}{{{chosen}}})"


def _of_node(name: str) -> str:
    """Return a number by pod; the only row where there is none says so."""
    none = none_because(_FLAG, NONE_OF_NODES, f"{_LOOKS}{{NODES}}", "pod_name")
    return or_row(_by_pod(name, POD, "NODES"), none)


def _of_fleet(name: str) -> str:
    """Return the pods of the fleet with most of something, by node."""
    worst = f"topk(50, {_by_pod(name, f'{NODE}, {POD}', 'POOLS')} > 0)"
    none = none_because(_FLAG, NONE_OF_FLEET, f"{_LOOKS}{{POOLS}}", "node")
    return short(or_row(worst, none))


def _associations(state: str, legend: str, colour: Colour) -> Query:
    return Query(f"sum({_USE}associations{{NODES,{state}}})", legend, colour)


ON_NODE = (
    Panel(
        Kind.TABLE,
        "Who uses SCTP",
        "Pods by name, at most 64; (host) is all processes of no pod, (others) the "
        "pods with fewest associations, (unknown) what nobody was found for.",
        (
            Query(_of_node("associations"), "associations"),
            Query(_of_node("endpoints"), "endpoints"),
            Query(_of_node("inactive_paths"), "inactive paths"),
            Query(_of_node("retransmitted_chunks"), "sent again"),
        ),
        Unit.COUNT,
        12,
        columns=WHO,
        numbers=(
            Number("Associations"),
            Number("Endpoints"),
            Number("Inactive paths", bad=1),
            Number("Sent again"),
        ),
        latest="Associations",
    ),
    Panel(
        Kind.SERIES,
        "Associations of pods and processes",
        "Of all network namespaces of the node.",
        (
            _associations('state="established"', "established", Colour.BLUE),
            _associations('state!="established"', "begin or end", Colour.BROWN),
            _NOT_ASKED,
        ),
        Unit.COUNT,
        6,
    ),
    Panel(
        Kind.SERIES,
        "Paths that are down",
        "Addresses of peers that do not answer, of associations that live on over "
        "another one or are about to end.",
        (
            Query(f"sum({_USE}inactive_paths{{NODES}})", "inactive", Colour.VERMILLION),
            _NOT_ASKED,
        ),
        Unit.COUNT,
        6,
    ),
)
ON_FLEET = (
    Panel(
        Kind.TABLE,
        "Pods with paths that are down",
        "At most 50: an address of a peer does not answer, and the association lives "
        "on over another one or is about to end. Needs --workloads.",
        (Query(_of_fleet("inactive_paths"), "{{pod_name}}"),),
        Unit.COUNT,
        12,
        columns=(NAME, *WHO),
        numbers=(Number("Inactive paths", bad=1),),
        latest="Inactive paths",
    ),
    Panel(
        Kind.TABLE,
        "Pods that use SCTP most",
        "The 50 pods and processes with most associations. Needs --workloads.",
        (Query(_of_fleet("associations"), "{{pod_name}}"),),
        Unit.COUNT,
        12,
        columns=(NAME, *WHO),
        numbers=(Number("Associations"),),
        latest="Associations",
    ),
)
