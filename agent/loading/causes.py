"""The causes that do not come from a modprobe.d line, in words."""

from agent.facts import Gap, Helper, HelperFact, KernelFacts, ModuleFacts
from agent.findings import Cause, Origin, Reason
from agent.gaps import GapCause

#: Reasons that no configuration file can overrule.
ABSOLUTE = frozenset(
    {
        Reason.NO_MODULE_SUPPORT,
        Reason.NOT_IN_KERNEL,
        Reason.MODULE_FOR_OTHER_KERNEL_ONLY,
        Reason.MODULE_MISSING,
        Reason.MODULE_NOT_INDEXED,
        Reason.MODULE_DAMAGED,
        Reason.MODULE_OF_OTHER_BUILD,
        Reason.DEPENDENCY_MISSING,
        Reason.DEPENDENCY_DAMAGED,
        Reason.SIGNATURE_REQUIRED,
        Reason.DENIED_BY_KERNEL_ARGUMENT,
        Reason.MODULES_DISABLED,
    }
)


_GRAVITY = tuple(GapCause)
_REASONS = {
    GapCause.LATE: Reason.FACT_TIMEOUT,
    GapCause.CRASHED: Reason.CHECK_CRASHED,
}
_AT_BOOT = "CONFIG_MODPROBE_PATH"


def no_modules_cause() -> Cause:
    """Say that the kernel has neither CONFIG_MODULES nor SCTP."""
    text = "this kernel has neither SCTP built in nor support for loadable modules"
    return Cause(Reason.NO_MODULE_SUPPORT, text)


def missing_cause(module: ModuleFacts, kernel: KernelFacts) -> Cause:
    """Say why modules.dep of *kernel* has no sctp, as precisely as known."""
    release = kernel.release
    if module.unindexed:
        text = f"{module.unindexed} exists but modules.dep does not list it"
        evidence = (Origin(module.unindexed),)
        return Cause(Reason.MODULE_NOT_INDEXED, text, evidence, release)
    if kernel.config_sctp == "n":
        text = f"{release} was built without SCTP (CONFIG_IP_SCTP is not set)"
        return Cause(Reason.NOT_IN_KERNEL, text, (kernel.config_origin,), release)
    if module.other_kernels:
        others = ", ".join(module.other_kernels[:3])
        text = f"sctp is on disk for {others} but not for {release}"
        return Cause(Reason.MODULE_FOR_OTHER_KERNEL_ONLY, text, release=release)
    tree = module.tree or f"/lib/modules/{release}"
    text = f"there is no sctp module for {release}"
    evidence = (Origin(f"{tree}/modules.dep"),)
    return Cause(Reason.MODULE_MISSING, text, evidence, release)


def helper_cause(helper: HelperFact, *, static: bool) -> Cause:
    """Say why the kernel's call for a module does not, or may not, reach modprobe."""
    if static:
        text = "the kernel calls a fixed helper (CONFIG_STATIC_USERMODEHELPER)"
        return Cause(Reason.HELPER_OPAQUE, text)
    origin = Origin(helper.origin.path, helper.origin.line, helper.path)
    match helper.kind:
        case Helper.NONE if not helper.path:
            text = "kernel.modprobe is empty: the kernel calls nobody to load modules"
        case Helper.NONE:
            text = f"kernel.modprobe is {helper.path}, which loads nothing"
        case Helper.UNKNOWN:
            text = helper.doubt or "kernel.modprobe could not be read"
            if helper.origin.path == _AT_BOOT:
                text = "which program the kernel calls after a boot is not known"
            return Cause(Reason.FACT_UNREADABLE, text, (origin,))
        case _:
            text = f"kernel.modprobe is {helper.path}: only running it would tell"
            return Cause(Reason.HELPER_OPAQUE, text, (origin,))
    return Cause(Reason.MODPROBE_HELPER, text, (origin,))


def unreadable_cause(gaps: tuple[Gap, ...]) -> Cause:
    """Say that something that could decide was not read, by the gravest gap."""
    gravest = min(gaps, key=lambda gap: _GRAVITY.index(gap.cause))
    reason = _REASONS.get(gravest.cause, Reason.FACT_UNREADABLE)
    # Only a path can be read; a part that was not done names itself.
    text = f"{gravest}" if gravest.whole else f"could not read {gravest}"
    origins = tuple(Origin(gap.path) for gap in gaps if not gap.whole)
    return Cause(reason, text, origins)
