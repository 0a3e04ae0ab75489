"""Could everything be read in time?"""

from collections.abc import Iterable

from agent.checks.context import Check, CheckContext, passed
from agent.facts import Gap
from agent.findings import Cause, Finding, Origin, Reason
from agent.gaps import OldPart
from agent.loading.causes import unreadable_cause
from agent.times import span


def evaluate(context: CheckContext) -> Finding:
    """Name everything that should have been read and was not."""
    facts = context.facts
    if facts.gaps:
        return context.unknown(unreadable_cause(facts.gaps))
    groups = (
        facts.kernel,
        facts.system,
        facts.modprobe,
        facts.boot,
        facts.module,
        facts.next,
    )
    all_gaps = [gap for group in groups for gap in group.gaps]
    all_gaps += (*facts.boot.unseen, *facts.boot.unseen_settings)
    all_gaps += (*facts.modprobe.unseen, *facts.system.unseen)
    gaps = [gap for gap in all_gaps if not gap.withheld]
    if not gaps and facts.old:
        return _last_answers(facts.old)
    if not gaps:
        return _all_given(dict.fromkeys(all_gaps))
    text = f"could not read {gaps[0]}"
    if len(gaps) > 1:
        text += f" and {len(gaps) - 1} more"
    origins = tuple(Origin(gap.path, None, gap.problem) for gap in gaps)
    return context.warning(Cause(Reason.FACT_UNREADABLE, text, origins))


def _last_answers(parts: tuple[OldPart, ...]) -> Finding:
    """Pass: the last answer is at hand, and late once is no alarm."""
    origins = (Origin(part.path or part.name, None, part.problem) for part in parts)
    oldest = max(parts, key=lambda part: part.age)
    text = f"{oldest.name} is of {span(oldest.age)} ago: {oldest.problem}"
    return passed(f"everything could be read, but {text}", *dict.fromkeys(origins))


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
    "missing. They are listed here; what depends on them is unknown, never good. What "
    "answers late is for a while as it was last.",
    evaluate,
)
