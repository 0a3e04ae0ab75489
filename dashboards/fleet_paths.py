"""Panels of the fleet about the paths that the agents probe between nodes."""

from dashboards import codes
from dashboards.model import Colour, Column, Kind, Link, Number, Panel, Query, Unit
from dashboards.queries import (
    NONE,
    NONE_OF_FLEET,
    PATHS_OFF,
    absence,
    named,
    or_row,
    short,
)

_PROBED = "sctp_node_path_probe_success"
_OF_SOURCE = "node_path_family:sctp_node_path_probe_failing:ratio"
_OF_TARGET = "path_family_target:sctp_node_path_probe_failing:ratio"
_OF_ALL = "path_family_form:sctp_node_path_probe_failing:ratio"
_FAULT = "node_path_family_form_target_fault:sctp_node_path_probe_failing:group"
_PATH = "cluster, pool, node, path, family, form, target"
_OFF = named(NONE_OF_FLEET, node=PATHS_OFF, target="")
#: The only row where nothing fails.
_WELL = named(f"0 * sum({_OF_ALL}{{CLUSTERS}}) + {NONE_OF_FLEET}", node=NONE)

_KIND = "cluster, pool, node, path, family"


def _number(label: str, series: str) -> str:
    """Return how many *series* of its kind each source has, as a *label*."""
    return f'count_values by ({_KIND}) ("{label}", count by ({_KIND}) ({series}))'


_CLASSES = f"topk by ({_PATH}) (1, sctp_node_path_probe_failing{{POOLS}})"
_ROWS = f"""topk(100, group by ({_PATH}, fault) ({_FAULT}{{POOLS}}))
* on ({_PATH}) group_left (class) (
  {_CLASSES}
  or on ({_PATH}) {named(f"group by ({_PATH}) ({_FAULT}{{POOLS}})", **{"class": "?"})}
)
* on ({_KIND}) group_left (fail) {_number("fail", f"{_FAULT}{{POOLS}}")}
* on ({_KIND}) group_left (all) {
    _number("all", f"group by ({_PATH}) ({_PROBED}{{POOLS}})")
}"""
_TABLE = short(
    short(
        or_row(
            or_row(f'label_join({_ROWS}, "share", " of ", "fail", "all")', _WELL), _OFF
        ),
        into="from",
    ),
    label="target",
    into="to",
)


def _ends() -> str:
    """Return the pairs of the 30 worst sources and targets, of those that fail."""
    sources = f'max by (cluster, node) ({_OF_SOURCE}{{POOLS,path="pod"}}) > 0'
    targets = f'max by (cluster, target) ({_OF_TARGET}{{CLUSTERS,path="pod"}}) > 0'
    pairs = f"""2 - min by (cluster, node, target) (
  {_PROBED}{{POOLS,path="pod",target!=""}}
  and on (cluster, node) topk(30, {sources})
  and on (cluster, target) topk(30, {targets})
)"""
    well = named(f"1 + {_WELL}", target=NONE)
    rows = or_row(or_row(pairs, well), _OFF)
    return short(short(rows, into="from"), label="target", into="to")


FAILING = (
    Panel(
        Kind.TABLE,
        "Paths that fail",
        "At most 100. The fault is where the pattern of all failures puts it, the last "
        "column how many paths of this kind fail from the node. Class ?: the agent has "
        "not said yet.",
        (Query(_TABLE, "{{from}} to {{to}}"),),
        Unit.COUNT,
        14,
        height=11,
        columns=(
            Column("from", "From", Link.NODE),
            Column("to", "To"),
            Column("path", "Path"),
            Column("form", "Port"),
            Column("family", "Family"),
            Column("class", "Class"),
            Column("fault", "Fault"),
            Column("share", "From there"),
        ),
    ),
    Panel(
        Kind.MATRIX,
        "Pod to pod, from node (row) to node (column)",
        "Only the ends that have failures, the 30 worst: a failing row is a source at "
        "fault, a failing column a target. An empty field is a pair that does not "
        "probe. A pair fails if IPv4 or IPv6 does.",
        (Query(_ends(), "{{from}} to {{to}}"),),
        Unit.CODE,
        10,
        height=11,
        meanings=codes.PROBES,
        columns=(Column("from", "From"), Column("to", "To")),
        numbers=(Number("2: fails"),),
    ),
)

_KINDS = {
    ("pod", "same"): ("pod to pod", Colour.BLUE),
    ("cluster_ip", "same"): ("Service", Colour.GREEN),
    ("cluster_ip", "translated"): ("Service, other port", Colour.BROWN),
    ("node_port", "same"): ("node port", Colour.TEAL),
    ("node_port", "translated"): ("node port, other port", Colour.INDIGO),
}
_FAULTS = {
    "hairpin": ("a node to itself", Colour.TEAL),
    "state": ("no SCTP there", Colour.INDIGO),
    "endpoint": ("a pod behind a Service", Colour.BLUE),
    "service": ("Services in general", Colour.BROWN),
    "source": ("the source", Colour.AMBER),
    "target": ("the target", Colour.VERMILLION),
    "unnamed": ("a target without a name", Colour.GREEN),
    "fabric": ("between them", Colour.PURPLE),
}

PATHS = (
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
        Kind.SERIES,
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
