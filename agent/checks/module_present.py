"""Is there an sctp module for the running kernel?"""

from agent.checks.subject import Check, Subject, passed
from agent.findings import Finding, ModuleState, Origin, Reason


def evaluate(subject: Subject) -> Finding:
    """Judge the module by the kernel, the index and the file."""
    module = subject.facts.module
    if module.state == ModuleState.BUILTIN:
        return passed("sctp is built into the kernel")
    finding = subject.unread(module.gaps) or subject.denials(subject.causes(*_REASONS))
    finding = finding or subject.unread_module("sctp")
    if finding:
        return finding
    where = Origin(module.path)
    if module.listed:
        return passed(f"modules.dep lists sctp{_LISTED}{_was(subject)}", where)
    if module.state == ModuleState.LOADED:
        return passed(f"sctp is loaded ({module.initstate})", where)
    return passed(f"{module.path} can be loaded{_was(subject)}", where)


def _was(subject: Subject) -> str:
    """Say what the kernel had when the files were taken; a boot begins without."""
    if not subject.facts.module.was_loaded:
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
