"""Does the kernel call modprobe when a socket needs a module?"""

from agent.checks.context import (
    BUILT_IN,
    NO_MODULES,
    Check,
    CheckContext,
    passed,
    skipped,
)
from agent.facts import Helper
from agent.findings import Finding, Origin, Reason
from agent.loading.causes import helper_cause
from agent.names import HELPER


def evaluate(context: CheckContext) -> Finding:
    """Judge kernel.modprobe, the program that loads by alias."""
    kernel = context.facts.kernel
    if context.built_in:
        return skipped(BUILT_IN)
    if kernel.modular is False:
        return skipped(NO_MODULES)
    finding = context.denials(context.causes(Reason.MODPROBE_HELPER))
    if finding:
        return finding
    helper = kernel.helper
    if helper.kind == Helper.UNKNOWN:
        return context.unknown(helper_cause(helper, static=False))
    doubts = context.causes(Reason.FACT_UNREADABLE)
    after_boot = (c for c in doubts if any(o.path == HELPER for o in c.evidence))
    for cause in (*context.causes(Reason.HELPER_OPAQUE), *after_boot):
        return context.unknown(cause)
    if helper.kind == Helper.NONE:  # which does not matter to a loaded module
        return context.denial(helper_cause(helper, static=False))
    origin = Origin(helper.origin.path, None, helper.path)
    return passed(f"the kernel calls {helper.path}", origin)


CHECK = Check(
    "modprobe_helper",
    "the kernel calls modprobe",
    "When a socket needs a module the kernel starts the program named by "
    "kernel.modprobe. If it is empty, missing or something else, sockets do not "
    "load sctp; modules-load.d and an explicit modprobe do.",
    evaluate,
)
