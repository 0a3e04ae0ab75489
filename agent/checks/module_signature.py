"""Would the kernel accept the signature of the module?"""

from agent.checks.context import BUILT_IN, Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, Origin, Reason
from agent.kmod.tree import Health
from agent.names import SCTP

_SIGNED = (
    "sctp and what it needs are signed; whether the kernel trusts the key is not read"
)
_DEMANDS = ("/sys/module/module/parameters/sig_enforce", "/sys/kernel/security/")


def evaluate(context: CheckContext) -> Finding:
    """Judge whether a signature is demanded and there."""
    kernel, module = context.facts.kernel, context.facts.module
    if context.built_in:
        return skipped(BUILT_IN)
    unread = context.unread(module.gaps)
    if unread or not module.path:
        return unread or skipped("there is no sctp module for the running kernel")
    finding = context.denials(context.causes(Reason.SIGNATURE_REQUIRED))
    if finding:
        return finding
    if kernel.signatures_enforced is False:
        return passed("the kernel takes modules without a signature too")
    unread = context.unread_module(SCTP, *(name for name, _ in module.needs))
    if Health.UNSIGNED in {module.health, *(health for _, health in module.needs)}:
        unread = unread or context.unread_at(*_DEMANDS) or _not_known(context)
    if module.lists_only and not unread:
        return skipped("the archive leaves the module files out")
    return unread or passed(_SIGNED)


def _not_known(context: CheckContext) -> Finding:
    text = "a module has no signature, and whether one is demanded is not known"
    evidence = (Origin(context.facts.module.path),)
    return context.unknown(Cause(Reason.FACT_UNREADABLE, text, evidence))


CHECK = Check(
    "module_signature",
    "signature enforcement does not stop sctp",
    "With module.sig_enforce=1 or kernel lockdown (Secure Boot) only signed "
    "modules load. The presence of a signature is read from the file; whether its "
    "key is trusted is not.",
    evaluate,
)
