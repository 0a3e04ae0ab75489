"""May modules be loaded at all?"""

from collections.abc import Iterator

from agent.checks.context import (
    BUILT_IN,
    NO_MODULES,
    Check,
    CheckContext,
    passed,
    skipped,
)
from agent.findings import Cause, Finding, Origin, Reason
from agent.names import DISABLED


def evaluate(context: CheckContext) -> Finding:
    """Judge kernel.modules_disabled now and as set at boot."""
    kernel = context.facts.kernel
    if context.built_in:
        return skipped(BUILT_IN)
    if kernel.modular is False:
        return skipped(NO_MODULES)
    finding = context.denials(context.causes(Reason.MODULES_DISABLED))
    if finding:
        return finding
    if kernel.modules_disabled is None:
        return context.unread(kernel.gaps) or skipped("not known")
    for cause in _doubts(context):
        return context.unknown(cause)
    if kernel.modules_disabled:
        return passed("kernel.modules_disabled is 1, after sctp was loaded")
    return passed("kernel.modules_disabled is 0")


def _doubts(context: CheckContext) -> Iterator[Cause]:
    """Yield what is in doubt about the switch after a reboot."""
    causes = context.causes(Reason.FACT_UNREADABLE)
    return (cause for cause in causes if Origin(DISABLED) in cause.evidence)


CHECK = Check(
    "module_loading",
    "modules may be loaded",
    "kernel.modules_disabled=1 refuses every load until the next reboot. A module "
    "that is loaded keeps working, so on hardened nodes sctp has to be in "
    "modules-load.d, which is processed before sysctl.d.",
    evaluate,
)
