"""The kernel's switches now, as a boot begins, and when it has set its sysctls."""

import pytest

from agent.facts import Assignment, BootFacts, KernelFacts
from agent.findings import Origin
from agent.kernel.arguments import split
from agent.kmod.insert import KernelPolicy
from agent.loading.kernel_policy import (
    switches_after_boot,
    switches_at_boot,
    switches_now,
)

ENFORCED = Origin("/sys/module/module/parameters/sig_enforce", None, "Y")
EARLY = Assignment(
    "1", Origin("/proc/cmdline", None, "sysctl.kernel.modules_disabled=1")
)
LATE = Assignment("1", Origin("/etc/sysctl.d/a.conf", 1, "kernel.modules_disabled=1"))
OFF = Assignment("0", LATE.origin)
OPEN, SHUT = KernelPolicy(modules_disabled=False), KernelPolicy(modules_disabled=True)


def test_now() -> None:
    """What the kernel enforces, and by what."""
    line = "ro module_blacklist=a,b module_blacklist=sctp,dccp"
    facts = KernelFacts(
        arguments=tuple(split(line)),
        modules_disabled=None,
        signatures_enforced=True,
        enforced_by=ENFORCED,
    )

    assert switches_now(facts) == KernelPolicy(
        blacklist=("sctp", "dccp"),
        denied_by=Origin("/proc/cmdline", None, "module_blacklist=sctp,dccp"),
        modules_disabled=None,
        signatures_enforced=True,
        enforced_by=ENFORCED,
    )
    assert switches_now(KernelFacts()).blacklist == ()
    assert switches_now(KernelFacts()).denied_by == Origin("")


@pytest.mark.parametrize(
    ("sysctls", "disabled", "by"),
    [
        pytest.param({}, False, None, id="a boot opens it"),
        pytest.param(
            {"sysctl.kernel.modules_disabled": EARLY}, True, EARLY.origin, id="argument"
        ),
        pytest.param(
            {"sysctl.kernel.modules_disabled": OFF}, False, None, id="argument of 0"
        ),
        pytest.param(
            {"kernel.modules_disabled": LATE}, False, None, id="a file, which is later"
        ),
    ],
)
def test_as_a_boot_begins(
    sysctls: dict[str, Assignment], *, disabled: bool, by: Origin | None
) -> None:
    """Arguments count from the start, files do not yet."""
    policy = switches_at_boot(SHUT, BootFacts(sysctls=sysctls))

    assert policy.modules_disabled is disabled
    assert policy.disabled_by == (by or SHUT.disabled_by)


@pytest.mark.parametrize(
    ("before", "sysctls", "disabled", "by"),
    [
        pytest.param(OPEN, {}, False, OPEN.disabled_by, id="no setting"),
        pytest.param(
            OPEN, {"kernel.modules_disabled": LATE}, True, LATE.origin, id="a file"
        ),
        pytest.param(
            OPEN,
            {"kernel.modules_disabled": OFF},
            False,
            OPEN.disabled_by,
            id="a file with 0",
        ),
        pytest.param(
            SHUT,
            {"kernel.modules_disabled": LATE},
            True,
            SHUT.disabled_by,
            id="shut already",
        ),
    ],
)
def test_after_a_boot(
    before: KernelPolicy,
    sysctls: dict[str, Assignment],
    *,
    disabled: bool,
    by: Origin,
) -> None:
    """What shut it first is what is to be named."""
    policy = switches_after_boot(before, BootFacts(sysctls=sysctls))

    assert (policy.modules_disabled, policy.disabled_by) == (disabled, by)
