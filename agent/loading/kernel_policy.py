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
        release=facts.release,
        blacklist=listed(argument),
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


def unless_disabled_again(
    kernel: KernelPolicy, facts: KernelFacts, boot: BootFacts
) -> KernelPolicy:
    """Return *kernel*; modules that are disabled now for no known reason may be then.

    Whoever disabled them, by no setting that was read, may do it again after a boot,
    nobody knows when in its course.
    """
    settings = (boot.sysctls.get(k) for k in (_DISABLED_KEY, _EARLY_DISABLED_KEY))
    explained = any(setting and setting.value == "1" for setting in settings)
    if explained or not (facts.modules_disabled or _unread(facts)):
        return kernel
    text = "kernel.modules_disabled is 1 and no sysctl.d file sets it: whoever did may "
    text += "do it again after a reboot"
    if not facts.modules_disabled:
        return replace(kernel, modules_disabled=None)
    return replace(kernel, modules_disabled=None, doubt=text)


def _unread(facts: KernelFacts) -> bool:
    return facts.live and facts.modules_disabled is None


def switches_after_boot(kernel: KernelPolicy, boot: BootFacts) -> KernelPolicy:
    """Return the kernel after systemd-sysctl, which follows modules-load."""
    late = boot.sysctls.get(_DISABLED_KEY)
    if late and late.value == "1" and not kernel.modules_disabled:
        return replace(kernel, modules_disabled=True, disabled_by=late.origin)
    return kernel
