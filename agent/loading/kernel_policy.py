"""The kernel's switches that decide over a load: now and in the course of a boot."""

from dataclasses import replace

from agent.facts import BootFacts, KernelFacts
from agent.findings import Origin
from agent.kernel.arguments import last, listed
from agent.kmod.insert import KernelPolicy

_DISABLED_KEY = "kernel.modules_disabled"
_EARLY_DISABLED_KEY = f"sysctl.{_DISABLED_KEY}"


def switches_now(facts: KernelFacts) -> KernelPolicy:
    """Return what the kernel enforces now."""
    argument = last(facts.arguments, "module_blacklist")
    return KernelPolicy(
        denied=listed(argument),
        denied_by=argument.origin if argument else Origin(""),
        modules_disabled=facts.modules_disabled,
        signatures_enforced=facts.signatures_enforced,
        enforced_by=facts.enforced_by,
    )


def switches_at_boot(kernel: KernelPolicy, boot: BootFacts) -> KernelPolicy:
    """Return the kernel as systemd-modules-load finds it: switches are reset."""
    early = boot.sysctls.get(_EARLY_DISABLED_KEY)
    if early and early.value == "1":
        return replace(kernel, modules_disabled=True, disabled_by=early.origin)
    return replace(kernel, modules_disabled=False)


def switches_after_boot(kernel: KernelPolicy, boot: BootFacts) -> KernelPolicy:
    """Return the kernel after systemd-sysctl, which follows modules-load."""
    late = boot.sysctls.get(_DISABLED_KEY)
    if late and late.value == "1" and not kernel.modules_disabled:
        return replace(kernel, modules_disabled=True, disabled_by=late.origin)
    return kernel
