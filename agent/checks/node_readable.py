"""Could everything be read in time?"""

from agent.checks.subject import Check, Subject, passed
from agent.findings import Cause, Finding, Origin, Reason


def evaluate(subject: Subject) -> Finding:
    """Name everything that should have been read and was not."""
    facts = subject.facts
    if facts.gaps:
        origins = tuple(Origin(gap.path) for gap in facts.gaps)
        text = f"{facts.gaps[0]}"
        return subject.unknown(Cause(Reason.FACT_TIMEOUT, text, origins))
    groups = (
        facts.kernel,
        facts.system,
        facts.modprobe,
        facts.boot,
        facts.module,
        facts.next,
    )
    gaps = tuple(gap for group in groups for gap in group.gaps) + facts.boot.unseen
    if not gaps:
        return passed("everything could be read")
    text = f"could not read {gaps[0]}"
    if len(gaps) > 1:
        text += f" and {len(gaps) - 1} more"
    origins = tuple(Origin(gap.path, None, gap.problem) for gap in gaps)
    return subject.warning(Cause(Reason.FACT_UNREADABLE, text, origins))


CHECK = Check(
    "node_readable",
    "everything could be read",
    "Without root, or on a node with a hanging file system, some facts are "
    "missing. They are listed here; what depends on them is unknown, never good.",
    evaluate,
)
