"""Does the kernel that boots next have sctp, and the other installed ones?"""

from dataclasses import replace

from agent.checks.context import Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, ModuleState, Origin, Reason
from agent.loading.causes import unreadable_cause


def evaluate(context: CheckContext) -> Finding:
    """Judge the boot loader's choice, then the kernels it might start instead."""
    facts = context.facts
    choice = facts.next
    if choice.gaps:
        finding = context.unknown(unreadable_cause(choice.gaps))
        text = f"{finding.message}; so the state after a reboot is not known"
        return replace(finding, message=text)
    if choice.unclear:
        origin = Origin(choice.origin.path) if choice.origin.path else Origin("/boot")
        return context.unknown(Cause(Reason.FACT_UNREADABLE, choice.unclear, (origin,)))
    if not choice.release:
        note = choice.note or "not known"
        return skipped(f"which kernel boots next: {note}; the running one is assumed")
    lacking = facts.next_module
    if lacking and lacking.state == ModuleState.MISSING:
        text = f"{choice.release} boots next and has no sctp"
        reason = Reason.LOST_WITH_OTHER_KERNEL
        return context.denial(Cause(reason, text, (choice.origin,)))
    without = facts.module.kernels_without
    if without and not context.forbidden:
        text = f"installed without sctp: {', '.join(without)}"
        origins = tuple(Origin(f"/lib/modules/{release}") for release in without)
        return context.warning(Cause(Reason.LOST_WITH_OTHER_KERNEL, text, origins))
    same = choice.release == facts.kernel.release
    which = "the running kernel" if same else "another kernel"
    return passed(f"{which}, {choice.release}, boots next", choice.origin)


CHECK = Check(
    "next_kernel",
    "the kernel that boots next has sctp",
    "A kernel update or a new image is how nodes lose SCTP: the modules of the new "
    "kernel are not all installed. The kernel that boots next and its arguments are "
    "read from GRUB's configuration, or else from systemd-boot's, extlinux's, "
    "zipl's or the Raspberry Pi's; boot_state is about that kernel. Where none is "
    "found the running kernel and its arguments are assumed; where a file of one could "
    "not be read, or which entry starts is not known, the state after a reboot is not "
    "known.",
    evaluate,
)
