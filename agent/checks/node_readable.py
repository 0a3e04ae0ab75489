"""Could everything be read in time?"""

from collections.abc import Iterable

from agent.checks.context import Check, CheckContext, passed
from agent.facts import Gap
from agent.findings import Cause, Finding, Origin, Reason


def evaluate(context: CheckContext) -> Finding:
    """Name everything that should have been read and was not."""
    facts = context.facts
    if facts.gaps:
        origins = tuple(Origin(gap.path) for gap in facts.gaps)
        text = f"{facts.gaps[0]}"
        return context.unknown(Cause(Reason.FACT_TIMEOUT, text, origins))
    groups = (
        facts.kernel,
        facts.system,
        facts.modprobe,
        facts.boot,
        facts.module,
        facts.next,
    )
    found = [gap for group in groups for gap in group.gaps]
    found += (*facts.boot.unseen, *facts.boot.unseen_settings)
    found += (*facts.modprobe.unseen, *facts.system.unseen)
    gaps = [gap for gap in found if not gap.withheld]
    if not gaps:
        return _all_given(dict.fromkeys(found))
    text = f"could not read {gaps[0]}"
    if len(gaps) > 1:
        text += f" and {len(gaps) - 1} more"
    origins = tuple(Origin(gap.path, None, gap.problem) for gap in gaps)
    return context.warning(Cause(Reason.FACT_UNREADABLE, text, origins))


def _all_given(withheld: Iterable[Gap]) -> Finding:
    """Pass: what was left out on purpose is known to whoever did that."""
    origins = tuple(Origin(gap.path, None, gap.problem) for gap in withheld)
    if not origins:
        return passed("everything could be read")
    return passed("all that the agent was given could be read", *origins)


CHECK = Check(
    "node_readable",
    "everything could be read",
    "Without root, or on a node with a hanging file system, some facts are "
    "missing. They are listed here; what depends on them is unknown, never good.",
    evaluate,
)
