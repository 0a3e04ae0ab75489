"""Panels of the fleet about the paths that the agents probe between nodes."""

from dashboards import codes
from dashboards.model import Colour, Column, Kind, Panel, Query, Unit
from dashboards.queries import NONE_OF_FLEET, PATHS_OFF, absence, named, or_row

_FAILING = "node_path_family_form_target:sctp_node_path_probe_failing:max"
_OF_SOURCE = "node_path_family:sctp_node_path_probe_failing:ratio"
_OF_TARGET = "path_family_target:sctp_node_path_probe_failing:ratio"
_OF_ALL = "path_family_form:sctp_node_path_probe_failing:ratio"
_FAULT = "node_path_family_form_target_fault:sctp_node_path_probe_failing:group"

_MATRIX = f"""max by (cluster, node, target) (
  {_FAILING}{{POOLS,path="pod",target!=""}}
  and on (cluster, node)
  topk(30, max by (cluster, node) ({_OF_SOURCE}{{POOLS,path="pod"}}))
  and on (cluster, target)
  topk(30, max by (cluster, target) ({_OF_TARGET}{{CLUSTERS,path="pod"}}))
)"""
#: The only row where nothing fails among so many that the thirty are strangers.
_STRANGERS = named(
    f"0 * sum({_OF_ALL}{{CLUSTERS}}) + {NONE_OF_FLEET}", node="(none)", target="(none)"
)
_KINDS = {
    ("pod", "same"): ("pod to pod", Colour.BLUE),
    ("cluster_ip", "same"): ("Service", Colour.ORANGE),
    ("cluster_ip", "translated"): ("Service, other port", Colour.VERMILLION),
    ("node_port", "same"): ("node port", Colour.SKY),
    ("node_port", "translated"): ("node port, other port", Colour.PURPLE),
}
_FAULTS = {
    "hairpin": ("a node to itself", Colour.SKY),
    "state": ("no SCTP there", Colour.GREY),
    "service": ("Services in general", Colour.YELLOW),
    "source": ("the source", Colour.ORANGE),
    "target": ("the target", Colour.VERMILLION),
    "fabric": ("between them", Colour.PURPLE),
}

PATHS = (
    Panel(
        Kind.MATRIX,
        "Pod to pod, from node (row) to node (column)",
        "The 30 worst sources and the 30 worst targets: a failing row is a source at "
        "fault, a failing column a target. An empty field is a pair that does not "
        "probe. A pair fails if IPv4 or IPv6 does.",
        (
            Query(
                or_row(
                    or_row(_MATRIX, _STRANGERS),
                    named(NONE_OF_FLEET, node=PATHS_OFF, target=""),
                ),
                "{{node}} to {{target}}",
            ),
        ),
        Unit.CODE,
        24,
        height=12,
        meanings=codes.FAILING,
        columns=(Column("node", "From"), Column("target", "To")),
        value="1: fails",
    ),
    Panel(
        Kind.SERIES,
        "Share of paths that fail",
        "Of all probes of the chosen clusters, whichever the pool; the worse of IPv4 "
        "and IPv6. Other ports alone: the data plane cannot rewrite SCTP ports.",
        (
            *(
                Query(
                    f'max({_OF_ALL}{{CLUSTERS,path="{path}",form="{form}"}})',
                    legend,
                    colour,
                )
                for (path, form), (legend, colour) in _KINDS.items()
            ),
            absence(PATHS_OFF, NONE_OF_FLEET, f"{_OF_ALL}{{CLUSTERS}}"),
        ),
        Unit.SHARE,
        12,
    ),
    Panel(
        Kind.STACK,
        "Failing paths by where the fault is",
        "Each failing path once, by the end that is at fault.",
        tuple(
            Query(
                f'count({_FAULT}{{POOLS,fault="{fault}"}}) or {NONE_OF_FLEET}',
                legend,
                colour,
            )
            for fault, (legend, colour) in _FAULTS.items()
        ),
        Unit.COUNT,
        12,
    ),
)
