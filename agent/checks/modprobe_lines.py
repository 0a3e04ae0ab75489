"""Are there lines about sctp that do nothing?"""

from agent.checks.context import Check, CheckContext, passed
from agent.findings import Cause, Finding, Reason
from agent.kmod.glob import matches
from agent.kmod.grammar import Directive, Keyword
from agent.names import SCTP


def evaluate(context: CheckContext) -> Finding:
    """Name lines that mention sctp and that kmod passes over or misreads."""
    lines = []
    for _, config in context.facts.modprobe.configs:
        lines += [b.origin for b in config.bad_lines if SCTP in b.origin.text]
        lines += [d.origin for d in config.directives if d.name == f"{SCTP}\r"]
    origins = tuple(dict.fromkeys(lines))
    if not origins:
        unread = context.unread_modprobe()
        return (
            unread
            or _losing(context)
            or _stray(context)
            or passed("every line about sctp has an effect")
        )
    first = origins[0]
    text = f"`{first.text.strip()}` at {first} has no effect: kmod reads it differently"
    return context.warning(Cause(Reason.INEFFECTIVE_LINE, text, origins))


def _stray(context: CheckContext) -> Finding | None:
    """Name lines in files that nobody reads."""
    strays = context.facts.modprobe.strays
    if not strays:
        return None
    first = strays[0]
    text = f"`{first.text}` at {first} has no effect: kmod does not read that file"
    return context.warning(Cause(Reason.INEFFECTIVE_LINE, text, strays))


def _losing(context: CheckContext) -> Finding | None:
    """Name install lines for sctp that come after another one: the first counts."""
    for _, config in context.facts.modprobe.configs:
        winner = config.install(SCTP)
        losers = tuple(
            directive.origin
            for directive in config.directives
            if winner and _loses(directive, winner)
        )
        if winner and losers:
            text = f"`{losers[0].text}` at {losers[0]} has no effect"
            text += f": {winner.origin} comes first"
            return context.warning(Cause(Reason.INEFFECTIVE_LINE, text, losers))
    return None


def _loses(directive: Directive, winner: Directive) -> bool:
    about_sctp = directive.keyword == Keyword.INSTALL and matches(directive.name, SCTP)
    return about_sctp and directive.value.strip() != winner.value.strip()


CHECK = Check(
    "modprobe_lines",
    "lines about sctp mean what they seem to",
    "A line that ends in CR LF blacklists a module called `sctp` with a carriage "
    "return, which is none; a blank before `#`, a misspelt directive or a byte "
    "order mark make kmod ignore the line. It reads modprobe.d/NAME.conf only, no "
    "/etc/modprobe.conf. Whoever wrote it believes that it "
    "works.",
    evaluate,
)
