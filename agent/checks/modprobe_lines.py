"""Are there lines about sctp that do nothing?"""

from agent.checks.context import Check, CheckContext, passed
from agent.findings import Cause, Finding, Reason


def evaluate(context: CheckContext) -> Finding:
    """Name lines that mention sctp and that kmod passes over or misreads."""
    found = []
    for _, config in context.facts.modprobe.configs:
        found += [b.origin for b in config.bad_lines if "sctp" in b.origin.text]
        found += [d.origin for d in config.directives if d.name == "sctp\r"]
    origins = tuple(dict.fromkeys(found))
    if not origins:
        unread = context.unread_modprobe()
        return unread or passed("every line about sctp has an effect")
    first = origins[0]
    text = f"`{first.text.strip()}` at {first} has no effect: kmod reads it differently"
    return context.warning(Cause(Reason.INEFFECTIVE_LINE, text, origins))


CHECK = Check(
    "modprobe_lines",
    "lines about sctp mean what they seem to",
    "A line that ends in CR LF blacklists a module called `sctp` with a carriage "
    "return, which is none; a blank before `#`, a misspelt directive or a byte "
    "order mark make kmod ignore the line. Whoever wrote it believes that it "
    "works.",
    evaluate,
)
