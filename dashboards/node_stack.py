"""Panels of a node about the kernel's SCTP counters and its paths to other nodes."""

from dashboards import codes
from dashboards.model import Colour, Column, Kind, Panel, Query, Unit
from dashboards.queries import (
    NONE,
    NONE_OF_NODES,
    NOT_IN_KERNEL,
    PATHS_OFF,
    absence,
    named,
    or_row,
    short,
)

_PREFIX = "sctp_node_stack_"
_PATH = "sctp_node_path_probe_"
_NO_COUNTERS = absence(
    NOT_IN_KERNEL, NONE_OF_NODES, f"{_PREFIX}active_associations_total{{NODES}}"
)
_NO_PATHS = absence(PATHS_OFF, NONE_OF_NODES, f"{_PATH}peers{{NODES}}")


def _rates(title: str, description: str, *counters: tuple[str, str, Colour]) -> Panel:
    queries = tuple(
        Query(
            f"sum(rate({_PREFIX}{name}_total{{NODES}}[$__rate_interval]))",
            legend,
            colour,
        )
        for name, legend, colour in counters
    )
    return Panel(
        Kind.SERIES, title, description, (*queries, _NO_COUNTERS), Unit.RATE, 8
    )


STACK = (
    Panel(
        Kind.SERIES,
        "Associations",
        "Established at present, in the network namespace that the agent sees; pods "
        "have their own. The agent's probes are short.",
        (
            Query(f"sum({_PREFIX}associations{{NODES}})", "established", Colour.BLUE),
            _NO_COUNTERS,
        ),
        Unit.COUNT,
        8,
    ),
    _rates(
        "Associations that begin and end",
        "A second: set up from here and by peers, shut down in order, aborted.",
        ("active_associations", "set up from here", Colour.BLUE),
        ("passive_associations", "set up by peers", Colour.TEAL),
        ("shutdown_associations", "shut down", Colour.INDIGO),
        ("aborted_associations", "aborted", Colour.BROWN),
    ),
    _rates(
        "Trouble on the wire",
        "A second: packets of no known association, wrong checksums, and what was "
        "sent again because a timer ran out or an acknowledgement had a gap.",
        ("out_of_blue_packets", "out of the blue", Colour.BROWN),
        ("checksum_errors", "wrong checksums", Colour.VERMILLION),
        ("t3_retransmissions", "sent again, timer", Colour.INDIGO),
        ("fast_retransmissions", "sent again, gap", Colour.TEAL),
    ),
)

_KINDS = {
    "pod": ("pod to pod", Colour.BLUE, Colour.TEAL),
    "cluster_ip": ("Service", Colour.BROWN, Colour.GREEN),
    "node_port": ("node port", Colour.INDIGO, Colour.OLIVE),
}


def _quantile(share: float, path: str) -> str:
    return (
        f"histogram_quantile({share}, sum by (le) (rate({_PATH}duration_seconds_bucket"
        f'{{NODES,path="{path}"}}[$__rate_interval])))'
    )


PATHS = (
    Panel(
        Kind.SERIES,
        "How long paths take",
        "Successful probes, from the first INIT to the end: half of them, and 99 % "
        "of them, are faster. What was lost costs 0.4 s or more.",
        (
            *(
                Query(_quantile(share, path), f"{legend}, {words}", colour)
                for path, (legend, most, half) in _KINDS.items()
                for share, words, colour in ((0.5, "50 %", half), (0.99, "99 %", most))
            ),
            _NO_PATHS,
        ),
        Unit.SECONDS,
        12,
        height=10,
    ),
    Panel(
        Kind.TIMELINE,
        "Paths over time",
        "Fails while any target of the kind fails.",
        (
            Query(
                f"2 - min by (path, form, family) ({_PATH}success{{NODES}})",
                "{{path}} {{form}} {{family}}",
            ),
            _NO_PATHS,
        ),
        Unit.CODE,
        12,
        height=10,
        meanings=codes.PROBES,
    ),
    Panel(
        Kind.TABLE,
        "Paths that fail",
        "What the node fails to reach at present, and how that shows.",
        (
            Query(
                short(
                    or_row(
                        "max by (path, form, family, target, class) "
                        f"({_PATH}failing{{NODES}})",
                        named(NONE_OF_NODES, target=NONE),
                    ),
                    label="target",
                    into="to",
                ),
                "{{to}}",
            ),
        ),
        Unit.COUNT,
        16,
        columns=(
            Column("to", "To"),
            Column("path", "Path"),
            Column("form", "Port"),
            Column("family", "Family"),
            Column("class", "Failure"),
        ),
    ),
    Panel(
        Kind.SERIES,
        "Peers",
        "Agents that DNS names, and other nodes that have reached this one of late.",
        (
            Query(f"min({_PATH}peers{{NODES}})", "in DNS", Colour.BLUE),
            Query(
                f"min({_PATH}incoming_peers{{NODES}})",
                "reached this node",
                Colour.GREEN,
            ),
            _NO_PATHS,
        ),
        Unit.COUNT,
        8,
    ),
)
