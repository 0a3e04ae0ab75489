"""Does the kernel call modprobe when a socket needs a module?"""

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.findings import Finding, Origin, Reason


def evaluate(subject: Subject) -> Finding:
    """Judge kernel.modprobe, the program that loads by alias."""
    kernel = subject.facts.kernel
    if subject.built_in:
        return skipped(BUILT_IN)
    if not kernel.live:
        return skipped("the running kernel is not judged")
    finding = subject.denials(subject.causes(Reason.MODPROBE_HELPER))
    if finding:
        return finding
    for cause in subject.causes(Reason.HELPER_OPAQUE):
        return subject.unknown(cause)
    if kernel.modular is False:
        return skipped("the kernel has no support for modules")
    path = kernel.helper.path
    origin = Origin(kernel.helper.origin.path, None, path)
    if path:
        return passed(f"the kernel calls {path}", origin)
    return subject.unread(kernel.gaps) or skipped("not known")


CHECK = Check(
    "modprobe_helper",
    "the kernel calls modprobe",
    "When a socket needs a module the kernel starts the program named by "
    "kernel.modprobe. If it is empty, missing or something else, sockets do not "
    "load sctp; modules-load.d and an explicit modprobe do.",
    evaluate,
)
