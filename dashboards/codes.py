"""Answers as numbers and words, each word in one colour; the higher, the worse."""

from collections.abc import Sequence

from agent.findings import Compliance, Expectation, ModuleState, State, Status
from dashboards.model import Colour, Meaning

#: Whether an answer about SCTP is good depends on what is expected: unavailable is as
#: it should be where SCTP is forbidden.
STATES = (
    Meaning(1, "ready", Colour.BLUE),
    Meaning(2, "on demand", Colour.TEAL),
    Meaning(3, "unknown", Colour.PURPLE),
    Meaning(4, "unavailable", Colour.BROWN),
)
COMPLIANCE = (
    Meaning(5, "as expected", Colour.BLUE),
    Meaning(6, "cannot tell", Colour.PURPLE),
    Meaning(7, "not as expected", Colour.VERMILLION),
)
STATUSES = (
    Meaning(0, "not evaluated", Colour.GREY),
    Meaning(1, "skip", Colour.GREY),
    Meaning(2, "pass", Colour.BLUE),
    Meaning(3, "warn", Colour.AMBER),
    Meaning(4, "unknown", Colour.PURPLE),
    Meaning(5, "fail", Colour.VERMILLION),
)
EXPECTATIONS = (
    Meaning(1, "observe", Colour.GREY),
    Meaning(2, "required", Colour.BLUE),
    Meaning(3, "forbidden", Colour.INDIGO),
)
MODULE = (
    Meaning(1, "built in", Colour.BLUE),
    Meaning(2, "loaded", Colour.BLUE),
    Meaning(3, "loadable", Colour.TEAL),
    Meaning(4, "unknown", Colour.PURPLE),
    Meaning(5, "missing", Colour.BROWN),
)
#: Where nothing is probed nothing fails.
PROBES = (
    Meaning(0, "not probed", Colour.GREY),
    Meaning(1, "works", Colour.BLUE),
    Meaning(2, "fails", Colour.VERMILLION),
)
#: Alerts, since they stand for what is wrong with a node and cost little to draw.
TROUBLE = (
    Meaning(1, "as expected", Colour.BLUE),
    Meaning(2, "lost at the next reboot", Colour.AMBER),
    Meaning(3, "cannot tell", Colour.PURPLE),
    Meaning(4, "present where forbidden", Colour.MAGENTA),
    Meaning(5, "unavailable where required", Colour.VERMILLION),
)
WORST_FIRST = (
    (5, "SCTPUnavailable"),
    (4, "SCTPPresentWhereForbidden"),
    (3, "SCTPStateUnknown"),
    (2, "SCTPWillNotSurviveReboot"),
)

STATE_ORDER = (State.READY, State.ON_DEMAND, State.UNKNOWN, State.UNAVAILABLE)
COMPLIANCE_ORDER = (Compliance.TRUE, Compliance.UNKNOWN, Compliance.FALSE)
STATUS_ORDER = (Status.SKIP, Status.PASS, Status.WARN, Status.UNKNOWN, Status.FAIL)
EXPECTATION_ORDER = (Expectation.OBSERVE, Expectation.REQUIRED, Expectation.FORBIDDEN)
MODULE_ORDER = (
    ModuleState.BUILTIN,
    ModuleState.LOADED,
    ModuleState.LOADABLE,
    ModuleState.UNKNOWN,
    ModuleState.MISSING,
)


def words(meanings: tuple[Meaning, ...], order: Sequence[str]) -> tuple[Meaning, ...]:
    """Return *meanings* for a label whose values are, in their order, *order*."""
    return tuple(
        Meaning(value, meaning.text, meaning.colour)
        for meaning, value in zip(meanings, order, strict=True)
    )


STATE_WORDS = words(STATES, STATE_ORDER)
COMPLIANCE_WORDS = words(COMPLIANCE, COMPLIANCE_ORDER)
STATUS_WORDS = words(STATUSES[1:], STATUS_ORDER)


def code(
    metric: str, label: str, order: Sequence[str], *, first: int = 1, by: str = ""
) -> str:
    """Return the query for the worst answer of *metric*, counted from *first*."""
    groups = ", ".join(filter(None, (by, label)))
    answers = "\n  or ".join(
        f'{number} * max by ({groups}) ({metric}{{NODES,{label}="{value}"}})'
        for number, value in enumerate(order, first)
    )
    return f"max by ({by}) (\n  {answers}\n)"
