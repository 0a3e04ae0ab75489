"""Does an install line in modprobe.d replace the loading of sctp?"""

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.findings import Finding, Reason


def evaluate(subject: Subject) -> Finding:
    """Judge install lines of sctp and of what it needs, softdeps considered."""
    if subject.built_in:
        return skipped(BUILT_IN)
    overridden = subject.causes(Reason.INSTALL_OVERRIDE, Reason.DEPENDENCY_OVERRIDDEN)
    finding = subject.denials(cause for cause in overridden if cause.evidence)
    if finding:
        return finding
    for cause in subject.causes(Reason.INSTALL_COMMAND_OPAQUE):
        return subject.unknown(cause)
    unread = subject.unread_modprobe()
    return unread or passed("no install line keeps sctp from loading")


CHECK = Check(
    "kmod_install",
    "no install line replaces loading",
    "`install sctp /bin/true` (or /bin/false) makes modprobe run the command "
    "instead of loading; hardening guides use it. modprobe then reports success "
    "with nothing loaded. The same line for a module that sctp needs stops sctp "
    "too, unless that one is loaded already. A softdep line that resolves makes "
    "kmod ignore the install line. What any other command does can only be known "
    "by running it: then the answer is unknown.",
    evaluate,
)
