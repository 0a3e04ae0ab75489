"""Is there an sctp module for the running kernel?"""

from agent.checks.context import Check, CheckContext, passed
from agent.findings import Finding, ModuleState, Origin, Reason
from agent.names import SCTP


def evaluate(context: CheckContext) -> Finding:
    """Judge the module by the kernel, the index and the file."""
    module = context.facts.module
    if module.state == ModuleState.BUILTIN:
        return passed("sctp is built into the kernel")
    finding = context.unread(module.gaps) or context.denials(context.causes(*_REASONS))
    finding = finding or context.unread_module(SCTP)
    if finding:
        return finding
    where = Origin(module.path)
    if module.lists_only:
        return passed(f"modules.dep lists sctp{_LISTED}{_was(context)}", where)
    if module.state == ModuleState.LOADED:
        return passed(f"sctp is loaded ({module.initstate})", where)
    return passed(f"{module.path} can be loaded{_was(context)}", where)


def _was(context: CheckContext) -> str:
    """Say what the kernel had when the files were taken; a boot begins without."""
    if not context.facts.module.was_loaded:
        return ""
    return "; it was loaded when the files were taken"


_LISTED = ": its file, which the archive leaves out, is taken as whole"
_REASONS = (
    Reason.NO_MODULE_SUPPORT,
    Reason.NOT_IN_KERNEL,
    Reason.MODULE_FOR_OTHER_KERNEL_ONLY,
    Reason.MODULE_NOT_INDEXED,
    Reason.MODULE_MISSING,
    Reason.MODULE_DAMAGED,
    Reason.MODULE_OF_OTHER_BUILD,
)


CHECK = Check(
    "module_present",
    "the running kernel has sctp",
    "SCTP is built in, or a module that modules.dep of the running kernel names "
    "and whose file is whole. Distributions ship it in an extra package (RHEL "
    "kernel-modules-extra), or not at all (Container-Optimized OS, Talos before 1.8, "
    "Ubuntu's -kvm kernels). A module that is on disk for another kernel only "
    "does not help until that one boots.",
    evaluate,
)
