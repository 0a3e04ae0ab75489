"""Panels of a node about its verdict: the answers, what they mean, what to do."""

from agent.verdict.meanings import MEANINGS
from dashboards import codes
from dashboards.codes import code
from dashboards.model import (
    Column,
    Kind,
    Link,
    Meaning,
    Number,
    Panel,
    Query,
    Unit,
)
from dashboards.queries import NODE, NONE_OF_NODES, alerts, joined, named, renamed

NOW = code("sctp_node_state", "state", codes.STATE_ORDER)
AFTER = code("sctp_node_boot_state", "state", codes.STATE_ORDER)
COMPLIANT = code("sctp_node_compliant", "status", codes.COMPLIANCE_ORDER, first=5)


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
        height=3,
        meanings=meanings,
    )


VERDICT = (
    _answer(
        "As expected",
        "Whether the node is as expected, now and after a reboot.",
        COMPLIANT,
        codes.COMPLIANCE,
    ),
    _answer(
        "Now",
        "Whether an unprivileged process gets a one-to-one IPv4 SCTP socket. On "
        "demand: the first socket loads the module.",
        NOW,
        codes.STATES,
    ),
    _answer(
        "After a reboot",
        "The state that is predicted for after the next reboot.",
        AFTER,
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
        "Without answer",
        "Whether the agent could not be scraped for five minutes: 1 if so.",
        (
            Query(
                "count(max by (cluster, node) (max_over_time("
                'up{job="sctp-node-agent",NODES}[5m])) == 0) or ' + NONE_OF_NODES,
                "without answer",
            ),
        ),
        Unit.COUNT,
        3,
        height=3,
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
        height=3,
        bad=120,
    ),
    Panel(
        Kind.STAT,
        "Booted",
        "When the node was booted.",
        (
            Query(
                "max(sctp_node_boot_time_seconds{NODES})",
                "booted",
            ),
        ),
        Unit.MOMENT,
        3,
        height=3,
    ),
)

_EXPLAINED = tuple(
    Meaning(reason.value, f"{meaning[0].upper()}{meaning[1:]}.", None)
    for reason, meaning in MEANINGS.items()
)
_FACTS = joined(
    f"group by ({NODE}) (sctp_node_state{{NODES}})",
    expectation="sctp_node_expectation{NODES} == 1",
    reason="sctp_node_reason{NODES}",
    meaning='label_replace(sctp_node_reason{NODES}, "meaning", "$1", "reason", "(.+)")',
    now=renamed("sctp_node_state{NODES}", "now"),
    after=renamed("sctp_node_boot_state{NODES}", "after"),
)
_POD = (
    "POD=$(kubectl -n sctp-node-agent get pods"
    " -l app.kubernetes.io/name=sctp-node-agent --field-selector spec.nodeName={node},"
    "status.phase=Running -o jsonpath='{{.items[0].metadata.name}}')"
)
_EXEC = "kubectl -n sctp-node-agent exec $POD -- sctp-node-agent"
#: The pod, the cause, what the reason means with the remedies of each platform.
_COMMANDS = (_POD, f"{_EXEC} check", f"{_EXEC} explain {{reason}}")
_MARKDOWN = "\n".join(
    ("```sh", *_COMMANDS, "```", "`oc` works as `kubectl` does.")
).format(node="${node}", reason="${reason}")


def _command(number: int, command: str) -> str:
    """Return *command* as a label, filled in by Prometheus."""
    text = command.replace("$", "$$").format(node="$1", reason="$2")
    whole = 'label_join(sctp_node_reason{NODES}, "both", " ", "node", "reason")'
    filled = f'label_replace({whole}, "command", "{text}", "both", "(.+) (.+)")'
    return named(f"group by (command) ({filled})", step=str(number))


ANSWERS = (
    Panel(
        Kind.TABLE,
        "Verdict and reason",
        "The one reason is what has to be removed first. The node's own page and "
        "report have the file and the line.",
        (Query(_FACTS, "{{node}}"),),
        Unit.COUNT,
        24,
        height=4,
        columns=(
            Column("pool", "Pool"),
            Column("expectation", "Expected"),
            Column("now", "Now", meanings=codes.STATE_WORDS),
            Column("after", "After a reboot", meanings=codes.STATE_WORDS),
            Column("reason", "Reason", Link.REASON),
            Column("meaning", "What it means", meanings=_EXPLAINED, explained=True),
        ),
    ),
    Panel(
        Kind.TEXT,
        "File, line and remedy",
        "Three commands: the agent's pod, what it finds with file and line, and what "
        "the reason means with the remedy of each platform.",
        (
            Query(
                "\nor ".join(
                    _command(number, text) for number, text in enumerate(_COMMANDS, 1)
                ),
                "{{command}}",
            ),
        ),
        Unit.COUNT,
        16,
        height=7,
        columns=(Column("step", "Step"), Column("command", "Command")),
        text=_MARKDOWN,
    ),
    Panel(
        Kind.TABLE,
        "Alerts",
        "Which alerts fire for the node; the name leads to what to do about it.",
        (Query(alerts("NODES", NONE_OF_NODES), "{{alertname}}"),),
        Unit.COUNT,
        8,
        height=7,
        columns=(Column("alertname", "Alert", Link.RUNBOOK),),
        numbers=(Number("Firing", bad=1),),
        latest="Firing",
    ),
)
