"""Would the kernel refuse the options given to sctp?"""

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.findings import Finding, Reason


def evaluate(subject: Subject) -> Finding:
    """Judge the values of parameters whose type is known."""
    if subject.built_in:
        return skipped(BUILT_IN)
    finding = subject.denials(subject.causes(Reason.BAD_MODULE_OPTION))
    unread = subject.unread_modprobe()
    return finding or unread or passed("no option of sctp has a bad value")


CHECK = Check(
    "kmod_options",
    "the options of sctp are valid",
    "`options sctp no_checksums=...` in modprobe.d, or sctp.no_checksums= on the "
    "kernel command line, with a value that is no boolean makes every load fail "
    "with EINVAL. Unknown parameters only cause a warning in dmesg.",
    evaluate,
)
