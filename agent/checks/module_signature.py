"""Would the kernel accept the signature of the module?"""

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.findings import Finding, Reason


def evaluate(subject: Subject) -> Finding:
    """Judge whether a signature is demanded and there."""
    kernel = subject.facts.kernel
    if subject.built_in:
        return skipped(BUILT_IN)
    finding = subject.denials(subject.causes(Reason.SIGNATURE_REQUIRED))
    if finding:
        return finding
    if kernel.signatures_enforced:
        return passed("signatures are enforced and the module has one")
    if kernel.signatures_enforced is None:
        return subject.unread(kernel.gaps) or skipped("not known and not needed")
    return passed("the kernel takes modules without a signature too")


CHECK = Check(
    "module_signature",
    "signature enforcement does not stop sctp",
    "With module.sig_enforce=1 or kernel lockdown (Secure Boot) only signed "
    "modules load. The presence of a signature is read from the file; whether its "
    "key is trusted is not.",
    evaluate,
)
