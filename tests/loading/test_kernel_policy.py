"""The kernel's switches now, as a boot begins, and when it has set its sysctls."""

import pytest

from agent.facts import Assignment, BootFacts, KernelFacts
from agent.findings import Origin, State, Status
from agent.kernel.arguments import split
from agent.kmod.insert import KernelPolicy
from agent.loading.kernel_policy import (
    switches_after_boot,
    switches_at_boot,
    switches_now,
)
from tests.nodes import (
    BOOT,
    BUILTIN,
    CMDLINE,
    DISABLED,
    ETC,
    OTHER_RELEASE,
    RELEASE,
    Files,
    MakeNode,
    Pipe,
    loaded,
    module_tree,
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
    ("heeds", "stopped", "stops"),
    [
        pytest.param(None, True, False, id="may heed it"),
        pytest.param(True, True, True, id="heeds it"),
        pytest.param(False, False, False, id="cannot heed it"),
    ],
)
def test_function_that_is_not_called(
    *, heeds: bool | None, stopped: bool, stops: bool
) -> None:
    """An argument counts as far as it is known that the kernel heeds it."""
    line = "initcall_blacklist=a,sctp_init"
    facts = KernelFacts(
        release="6.1.0",
        arguments=tuple(split(line)),
        modules_disabled=False,
        heeds_initcalls=heeds,
    )

    assert switches_now(facts) == KernelPolicy(
        release="6.1.0",
        denied_by=Origin(""),
        signatures_enforced=None,
        enforced_by=Origin(""),
        stopped_by=Origin("/proc/cmdline", None, line) if stopped else None,
        stops=stops,
    )


def test_boot_without_modules() -> None:
    """The argument that shuts the kernel from the start is what is named."""
    facts = KernelFacts(arguments=tuple(split("ro nomodule")), modules_disabled=False)

    assert switches_at_boot(OPEN, facts, BootFacts()) == KernelPolicy(
        modules_disabled=True, disabled_by=Origin("/proc/cmdline", None, "nomodule")
    )


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
    now = KernelFacts(modules_disabled=False)
    policy = switches_at_boot(SHUT, now, BootFacts(sysctls=sysctls))

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


NOW: Files = {DISABLED: "1\n"}
DECLARED: Files = {BOOT: "sctp\n"}
UNIT = "/etc/systemd/system/load.service"
EARLY_ARGUMENT = "sysctl.kernel.modules_disabled=1"
SETTINGS = "/etc/sysctl.d/a.conf"


def _next(release: str, options: str) -> Files:
    return {
        "/boot/grub2/grub.cfg": "set default=0\nblscfg\n",
        "/boot/loader/entries/x.conf": f"linux /vmlinuz-{release}\noptions {options}\n",
    }


@pytest.mark.parametrize(
    ("files", "boot_state"),
    [
        pytest.param(DECLARED, State.UNKNOWN, id="declared, not loaded"),
        pytest.param(
            {**DECLARED, **loaded()}, State.UNKNOWN, id="declared and loaded before it"
        ),
        pytest.param(loaded(), State.UNKNOWN, id="loaded, not declared"),
        pytest.param(
            {CMDLINE: "ro modules_load=sctp\n"},
            State.UNKNOWN,
            id="an argument loads it",
        ),
        pytest.param(
            {
                UNIT: "[Service]\nExecStart=/sbin/modprobe sctp\n",
                "/etc/systemd/system/multi-user.target.wants/load.service": "",
            },
            State.UNKNOWN,
            id="a unit loads it",
        ),
        pytest.param(
            {**DECLARED, SETTINGS: "kernel.modules_disabled=0\n"},
            State.UNKNOWN,
            id="a setting of another value",
        ),
        pytest.param(
            {**DECLARED, SETTINGS: "kernel.modules_disabled=1\n"},
            State.READY,
            id="a setting, which comes after the load",
        ),
        pytest.param(
            {SETTINGS: "kernel.modules_disabled=1\n"},
            State.UNAVAILABLE,
            id="a setting, and nothing is loaded before it",
        ),
        pytest.param(
            {**DECLARED, CMDLINE: f"ro {EARLY_ARGUMENT}\n"},
            State.UNAVAILABLE,
            id="an argument, which comes before the load",
        ),
        pytest.param(
            {**DECLARED, CMDLINE: f"ro {EARLY_ARGUMENT}\n", **_next(RELEASE, "ro")},
            State.READY,
            id="an argument that the next boot does not get",
        ),
        pytest.param(
            {**DECLARED, **_next(RELEASE, "ro audit=1")},
            State.UNKNOWN,
            id="other arguments at the next boot",
        ),
        pytest.param(
            {**DECLARED, **_next(OTHER_RELEASE, "ro"), **module_tree(OTHER_RELEASE)},
            State.UNKNOWN,
            id="another kernel boots next",
        ),
        pytest.param(
            {**DECLARED, DISABLED: Pipe()}, State.UNKNOWN, id="the switch is unreadable"
        ),
        pytest.param(
            {**DECLARED, DISABLED: Pipe(), **_next(RELEASE, "ro audit=1")},
            State.UNKNOWN,
            id="the switch is unreadable, other arguments at the next boot",
        ),
        pytest.param(
            {f"{ETC}/a.conf": "install sctp /bin/false\nblacklist sctp\n"},
            State.UNAVAILABLE,
            id="denied in any case",
        ),
        pytest.param(BUILTIN, State.READY, id="built in"),
    ],
)
def test_modules_disabled_now(
    make_node: MakeNode, files: Files, boot_state: State
) -> None:
    """What no setting explains may come again, before the listed modules or after."""
    assert make_node(NOW, files).report().verdict.boot_state == boot_state


@pytest.mark.parametrize("check", ["modules_load", "module_loading"])
def test_what_was_not_found(make_node: MakeNode, check: str) -> None:
    """The load at boot and the switch are both in doubt for the same reason."""
    finding = make_node(NOW, DECLARED, loaded()).finding(check)

    assert (finding.status, finding.evidence) == (Status.UNKNOWN, (Origin(DISABLED),))
    assert "no sysctl.d file sets it" in finding.message
