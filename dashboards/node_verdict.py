"""Panels of a node over time: its verdict, its checks and its sockets."""

from dashboards import codes
from dashboards.codes import code
from dashboards.model import Colour, Kind, Meaning, Panel, Query, Unit
from dashboards.node_answers import AFTER, COMPLIANT, NOW
from dashboards.queries import NONE_OF_NODES, absence

_STARTING = "the agent has not evaluated yet"
_UNPROBED = "no socket may be opened: nothing is probed"
_CHECK = code("sctp_node_check_status", "status", codes.STATUS_ORDER, by="check")

OVER_TIME = (
    Panel(
        Kind.TIMELINE,
        "Verdict over time",
        "Now, after the next reboot, and whether that is as expected.",
        (
            Query(NOW, "now"),
            Query(AFTER, "after a reboot"),
            Query(COMPLIANT, "as expected"),
        ),
        Unit.CODE,
        12,
        height=6,
        meanings=(*codes.STATES, *codes.COMPLIANCE),
    ),
    Panel(
        Kind.TIMELINE,
        "Reason over time",
        "One line for each reason that the verdict has had.",
        (Query("max by (reason) (sctp_node_reason{NODES})", "{{reason}}"),),
        Unit.CODE,
        12,
        height=6,
        meanings=(Meaning(1, "the reason", Colour.TEAL),),
    ),
)

CHECKS = (
    Panel(
        Kind.TIMELINE,
        "Checks over time",
        "What each check concludes.",
        (
            Query(_CHECK, "{{check}}"),
            absence(_STARTING, NONE_OF_NODES, "sctp_node_check_status{NODES}"),
        ),
        Unit.CODE,
        24,
        height=16,
        meanings=codes.STATUSES,
    ),
)

SOCKETS = (
    Panel(
        Kind.TIMELINE,
        "Socket probes over time",
        "Associations on loopback in the agent's, the host's and a fresh network "
        "namespace (as a new pod gets it), by address family and style of socket.",
        (
            Query(
                "2 - min by (netns, family, style) "
                "(sctp_node_socket_probe_success{NODES})",
                "{{netns}} {{family}} {{style}}",
            ),
            absence(_UNPROBED, NONE_OF_NODES, "sctp_node_socket_probe_success{NODES}"),
        ),
        Unit.CODE,
        12,
        height=10,
        meanings=codes.PROBES,
    ),
    Panel(
        Kind.SERIES,
        "How long socket probes take",
        "The slowest probe in each network namespace.",
        (
            *(
                Query(
                    "max(sctp_node_socket_probe_duration_seconds"
                    f'{{NODES,netns="{netns}"}})',
                    netns,
                    colour,
                )
                for netns, colour in (
                    ("agent", Colour.BLUE),
                    ("host", Colour.GREEN),
                    ("pod", Colour.INDIGO),
                )
            ),
            absence(_UNPROBED, NONE_OF_NODES, "sctp_node_socket_probe_success{NODES}"),
        ),
        Unit.SECONDS,
        12,
        height=10,
    ),
)
