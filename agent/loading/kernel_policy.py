"""The kernel's switches that decide over a load: now and in the course of a boot."""

from dataclasses import replace

from agent.facts import BootFacts, KernelFacts
from agent.findings import Cause, Origin
from agent.kernel.arguments import last, stops_sctp, value_names, without_modules
from agent.kmod.insert import KernelPolicy, stopping_cause
from agent.names import DISABLED_KEY

_EARLY_DISABLED_KEY = f"sysctl.{DISABLED_KEY}"


def switches_now(facts: KernelFacts) -> KernelPolicy:
    """Return what the kernel enforces now."""
    argument = last(facts.arguments, "module_blacklist")
    heeds = facts.heeds_initcalls
    stop = None if heeds is False else stops_sctp(facts.arguments)
    return KernelPolicy(
        release=facts.release,
        blacklist=value_names(argument),
        denied_by=argument.origin if argument else Origin(""),
        modules_disabled=facts.modules_disabled,
        signatures_enforced=facts.signatures_enforced,
        enforced_by=facts.enforced_by,
        stopped_by=stop.origin if stop else None,
        stops=bool(stop and heeds),
    )


def stopping(facts: KernelFacts, *, proven: bool = False) -> Cause | None:
    """Say that an argument keeps a built-in sctp from starting, or that it may.

    It does for certain where that is *proven* otherwise.
    """
    policy = switches_now(facts)
    by = policy.stopped_by
    return stopping_cause(by, stops=policy.stops or proven) if by else None


def switches_at_boot(
    kernel: KernelPolicy, facts: KernelFacts, boot: BootFacts
) -> KernelPolicy:
    """Return the kernel as systemd-modules-load finds it: switches are reset."""
    early = boot.sysctls.get(_EARLY_DISABLED_KEY)
    if early and early.value == "1":
        return replace(kernel, modules_disabled=True, disabled_by=early.origin)
    disabling = without_modules(facts.arguments)
    if disabling:
        return replace(kernel, modules_disabled=True, disabled_by=disabling.origin)
    reset = replace(kernel, modules_disabled=False)
    return _unless_disabled_again(reset, facts, boot)


def _unless_disabled_again(
    kernel: KernelPolicy, facts: KernelFacts, boot: BootFacts
) -> KernelPolicy:
    """Return *kernel*; modules that are disabled now for no known reason may be then.

    Whoever disabled them, by no setting that was read, may do it again in a boot:
    before the listed modules are loaded, or after.
    """
    late = boot.sysctls.get(DISABLED_KEY)
    explained = late is not None and late.value == "1"
    if explained or facts.modules_disabled is False:
        return kernel
    if facts.modules_disabled is None:
        return replace(kernel, modules_disabled=None)
    text = "kernel.modules_disabled is 1 and no sysctl.d file sets it: whoever did may "
    text += "do it again in the next boot, before or after modules are loaded"
    return replace(kernel, modules_disabled=None, doubt=text)


def switches_after_boot(kernel: KernelPolicy, boot: BootFacts) -> KernelPolicy:
    """Return the kernel after systemd-sysctl, which follows modules-load."""
    late = boot.sysctls.get(DISABLED_KEY)
    if late and late.value == "1" and not kernel.modules_disabled:
        return replace(kernel, modules_disabled=True, disabled_by=late.origin)
    return kernel
