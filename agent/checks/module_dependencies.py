"""Are the modules that sctp needs on disk and whole?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Finding, Reason


def evaluate(context: CheckContext) -> Finding:
    """Judge the files of every module that modules.dep lists for sctp."""
    module = context.facts.module
    if context.built_in:
        return skipped(BUILT_IN)
    unread = context.unread(module.gaps)
    if unread or not module.path:
        return unread or skipped("there is no sctp module for the running kernel")
    reasons = (Reason.DEPENDENCY_MISSING, Reason.DEPENDENCY_DAMAGED)
    finding = context.denials(context.causes(*reasons))
    if finding:
        return finding
    names = [name for name, _ in module.needs]
    unread = context.unread_module(*names)
    needs = ", ".join(names) or "no other module"
    how = "listed" if module.lists_only else "present"
    return unread or passed(f"sctp needs {needs}: {how}")


CHECK = Check(
    "module_dependencies",
    "what sctp needs is there",
    "sctp cannot be loaded when a module that it depends on (libcrc32c, "
    "udp_tunnel and ip6_udp_tunnel on recent kernels) is missing or truncated. "
    "The list is read from modules.dep.",
    evaluate,
)
