"""Panels of a node about its verdict, its checks and its sockets."""

from dashboards import codes
from dashboards.codes import code
from dashboards.model import Colour, Column, Kind, Meaning, Panel, Query, Unit
from dashboards.queries import (
    NODE,
    NONE_OF_NODES,
    RUNBOOKS,
    absence,
    alerts,
    joined,
)

_STARTING = "the agent has not evaluated yet"
_UNPROBED = "no socket may be opened: nothing is probed"
_NOW = code("sctp_node_state", "state", codes.STATE_ORDER)
_BOOT = code("sctp_node_boot_state", "state", codes.STATE_ORDER)
_COMPLIANT = code("sctp_node_compliant", "status", codes.COMPLIANCE_ORDER, first=5)
_CHECK = code("sctp_node_check_status", "status", codes.STATUS_ORDER, by="check")


def _renamed(metric: str, label: str) -> str:
    return f'label_replace({metric}{{NODES}} == 1, "{label}", "$1", "state", "(.+)")'


_FACTS = joined(
    f"group by ({NODE}) (sctp_node_state{{NODES}})",
    expectation="sctp_node_expectation{NODES} == 1",
    reason="sctp_node_reason{NODES}",
    now=_renamed("sctp_node_state", "now"),
    after=_renamed("sctp_node_boot_state", "after"),
)


def _answer(
    title: str, description: str, expr: str, meanings: tuple[Meaning, ...]
) -> Panel:
    query = Query(expr, title.lower())
    return Panel(
        Kind.STAT,
        title,
        description,
        (query,),
        Unit.CODE,
        3,
        height=4,
        meanings=meanings,
    )


VERDICT = (
    _answer(
        "As expected",
        "Whether the node is as expected, now and after a reboot.",
        _COMPLIANT,
        codes.COMPLIANCE,
    ),
    _answer(
        "Now",
        "Whether an unprivileged process gets a one-to-one IPv4 SCTP socket. On "
        "demand: the first socket loads the module.",
        _NOW,
        codes.STATES,
    ),
    _answer(
        "After a reboot",
        "The state that is predicted for after the next reboot.",
        _BOOT,
        codes.STATES,
    ),
    _answer(
        "Expected",
        "What is intended for the node.",
        code("sctp_node_expectation", "expectation", codes.EXPECTATION_ORDER),
        codes.EXPECTATIONS,
    ),
    _answer(
        "Module",
        "Where the sctp module is; what denies it is said by the checks.",
        code("sctp_node_module_state", "state", codes.MODULE_ORDER),
        codes.MODULE,
    ),
    Panel(
        Kind.STAT,
        "Nodes without answer",
        "Chosen nodes whose agent could not be scraped for five minutes.",
        (
            Query(
                "count(max by (cluster, node) (max_over_time("
                'up{job="sctp-node-agent",NODES}[5m])) == 0) or ' + NONE_OF_NODES,
                "without answer",
            ),
        ),
        Unit.COUNT,
        3,
        height=4,
        bad=1,
    ),
    Panel(
        Kind.STAT,
        "Last evaluated",
        "How long ago, by the node's clock; more than two minutes is too long.",
        (
            Query(
                "max(timestamp(sctp_agent_last_run_timestamp_seconds{NODES})"
                " - (sctp_agent_last_run_timestamp_seconds{NODES} > 0))",
                "last evaluated",
            ),
        ),
        Unit.SECONDS,
        3,
        height=4,
        bad=120,
    ),
    Panel(
        Kind.STAT,
        "Booted",
        "When the node was booted; of several the latest.",
        (
            Query(
                "max(sctp_node_boot_time_seconds{NODES})",
                "booted",
                Colour.BLUE,
            ),
        ),
        Unit.MOMENT,
        3,
        height=4,
    ),
)

ANSWERS = (
    Panel(
        Kind.TABLE,
        "Verdict and reason",
        "The one reason is what has to be removed first. The node's own page and "
        "report have the file and the line.",
        (Query(_FACTS, "{{node}}"),),
        Unit.COUNT,
        16,
        columns=(
            Column("node", "Node"),
            Column("pool", "Pool"),
            Column("expectation", "Expected"),
            Column("now", "Now"),
            Column("after", "After a reboot"),
            Column("reason", "Reason"),
        ),
    ),
    Panel(
        Kind.TABLE,
        "Alerts",
        "Which alerts fire for the node; the name leads to what to do about it.",
        (Query(alerts("NODES", NONE_OF_NODES), "{{alertname}}"),),
        Unit.COUNT,
        8,
        columns=(Column("alertname", "Alert", f"{RUNBOOKS}/{{value}}.md"),),
        value="Firing",
    ),
    Panel(
        Kind.TIMELINE,
        "Verdict over time",
        "Now, after the next reboot, and whether that is as expected.",
        (
            Query(_NOW, "now"),
            Query(_BOOT, "after a reboot"),
            Query(_COMPLIANT, "as expected"),
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
        meanings=(Meaning(1, "the reason", Colour.SKY),),
    ),
)

CHECKS = (
    Panel(
        Kind.TIMELINE,
        "Checks over time",
        "What each check concludes; of several nodes the worst.",
        (
            Query(_CHECK, "{{check}}"),
            absence(
                _STARTING, NONE_OF_NODES, 'sctp_node_check_status{NODES,status="pass"}'
            ),
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
                "min by (netns, family, style) (sctp_node_socket_probe_success{NODES})",
                "{{netns}} {{family}} {{style}}",
            ),
            absence(_UNPROBED, NONE_OF_NODES, "sctp_node_socket_probe_success{NODES}"),
        ),
        Unit.CODE,
        12,
        height=10,
        meanings=codes.SUCCESS,
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
                    ("host", Colour.ORANGE),
                    ("pod", Colour.PURPLE),
                )
            ),
            absence(_UNPROBED, NONE_OF_NODES, "sctp_node_socket_probe_success{NODES}"),
        ),
        Unit.SECONDS,
        12,
        height=10,
    ),
)
