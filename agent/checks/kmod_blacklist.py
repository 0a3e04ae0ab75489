"""Does a modprobe.d file blacklist sctp?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, Reason
from agent.names import CMDLINE, SCTP


def evaluate(context: CheckContext) -> Finding:
    """Name every blacklist line, whether or not it is the decisive obstacle."""
    if context.built_in:
        return skipped(BUILT_IN)
    origins = tuple(
        dict.fromkeys(
            directive.origin
            for _, config in context.facts.modprobe.configs
            for directive in config.blacklisted(SCTP)
            if directive.origin.path != CMDLINE
        )
    )
    if origins:
        first = origins[0]
        text = f"sctp is denied by `{first.text}` at {first}"
        return context.denial(Cause(Reason.BLACKLISTED, text, origins))
    unread = context.unread_modprobe()
    return unread or passed("no modprobe.d file blacklists sctp")


CHECK = Check(
    "kmod_blacklist",
    "sctp is not blacklisted",
    "A blacklist line in modprobe.d stops the load by alias, which is how a "
    "socket gets the module, and the load by systemd-modules-load at boot. It "
    "does not stop an explicit `modprobe sctp`, nor a load as the dependency of "
    "another module. A file of the same name in a directory of higher priority "
    "(/etc before /run before /usr/local/lib before /usr/lib) hides it: an empty "
    "one is the usual cure.",
    evaluate,
)
