"""The causes that no modprobe.d line is: reason, words and evidence of each."""

import pytest

from agent.facts import Gap, Helper, HelperFact, KernelFacts, ModuleFacts
from agent.findings import Cause, Origin, Reason
from agent.gaps import GapCause
from agent.hostfs.mounts import NOT_GIVEN
from agent.loading.causes import (
    helper_cause,
    missing_cause,
    no_modules_cause,
    unreadable_cause,
)

KERNEL = KernelFacts(release="6.1.0")
CONFIG = Origin("/boot/config-6.1.0")
SETTING = Origin("/etc/sysctl.d/a.conf", 3, "kernel.modprobe=/opt/load")
AT_BOOT = Origin("CONFIG_MODPROBE_PATH")


def test_kernel_without_modules() -> None:
    """Neither built in nor loadable."""
    assert no_modules_cause() == Cause(
        Reason.NO_MODULE_SUPPORT,
        "this kernel has neither SCTP built in nor support for loadable modules",
    )


@pytest.mark.parametrize(
    ("module", "kernel", "expected"),
    [
        pytest.param(
            ModuleFacts(unindexed="/m/sctp.ko", other_kernels=("5.10",)),
            KERNEL,
            Cause(
                Reason.MODULE_NOT_INDEXED,
                "/m/sctp.ko exists but modules.dep does not list it",
                (Origin("/m/sctp.ko"),),
                "6.1.0",
            ),
            id="a file that depmod has not seen",
        ),
        pytest.param(
            ModuleFacts(other_kernels=("5.10",)),
            KernelFacts(release="6.1.0", config_sctp="n", config_origin=CONFIG),
            Cause(
                Reason.NOT_IN_KERNEL,
                "6.1.0 was built without SCTP (CONFIG_IP_SCTP is not set)",
                (CONFIG,),
                "6.1.0",
            ),
            id="a kernel that was built without it",
        ),
        pytest.param(
            ModuleFacts(other_kernels=("1", "2", "3", "4")),
            KERNEL,
            Cause(
                Reason.MODULE_FOR_OTHER_KERNEL_ONLY,
                "sctp is on disk for 1, 2, 3 but not for 6.1.0",
                (),
                "6.1.0",
            ),
            id="on disk for others",
        ),
        pytest.param(
            ModuleFacts(tree="/usr/lib/modules/6.1.0"),
            KERNEL,
            Cause(
                Reason.MODULE_MISSING,
                "there is no sctp module for 6.1.0",
                (Origin("/usr/lib/modules/6.1.0/modules.dep"),),
                "6.1.0",
            ),
            id="nowhere in its tree",
        ),
        pytest.param(
            ModuleFacts(),
            KERNEL,
            Cause(
                Reason.MODULE_MISSING,
                "there is no sctp module for 6.1.0",
                (Origin("/lib/modules/6.1.0/modules.dep"),),
                "6.1.0",
            ),
            id="without a tree",
        ),
    ],
)
def test_missing_module(
    module: ModuleFacts, kernel: KernelFacts, expected: Cause
) -> None:
    """As precisely as it is known, the most telling first."""
    assert missing_cause(module, kernel) == expected


@pytest.mark.parametrize(
    ("helper", "static", "expected"),
    [
        pytest.param(
            HelperFact(Helper.MODPROBE, "/sbin/modprobe", SETTING),
            True,
            Cause(
                Reason.HELPER_OPAQUE,
                "the kernel calls a fixed helper (CONFIG_STATIC_USERMODEHELPER)",
            ),
            id="a fixed one",
        ),
        pytest.param(
            HelperFact(Helper.NONE, "", SETTING),
            False,
            Cause(
                Reason.MODPROBE_HELPER,
                "kernel.modprobe is empty: the kernel calls nobody to load modules",
                (Origin(SETTING.path, 3, ""),),
            ),
            id="none",
        ),
        pytest.param(
            HelperFact(Helper.NONE, "/opt/load", SETTING),
            False,
            Cause(
                Reason.MODPROBE_HELPER,
                "kernel.modprobe is /opt/load, which loads nothing",
                (Origin(SETTING.path, 3, "/opt/load"),),
            ),
            id="one that loads nothing",
        ),
        pytest.param(
            HelperFact(Helper.OPAQUE, "/opt/load", SETTING),
            False,
            Cause(
                Reason.HELPER_OPAQUE,
                "kernel.modprobe is /opt/load: only running it would tell",
                (Origin(SETTING.path, 3, "/opt/load"),),
            ),
            id="one that only running would tell",
        ),
        pytest.param(
            HelperFact(Helper.UNKNOWN),
            False,
            Cause(
                Reason.FACT_UNREADABLE,
                "kernel.modprobe could not be read",
                (Origin("/proc/sys/kernel/modprobe"),),
            ),
            id="unreadable",
        ),
        pytest.param(
            HelperFact(Helper.UNKNOWN, origin=AT_BOOT),
            False,
            Cause(
                Reason.FACT_UNREADABLE,
                "which program the kernel calls after a boot is not known",
                (AT_BOOT,),
            ),
            id="not known for a boot",
        ),
    ],
)
def test_helper(helper: HelperFact, *, static: bool, expected: Cause) -> None:
    """What the kernel calls in the place of modprobe, and where that is set."""
    assert helper_cause(helper, static=static) == expected


LATE = Gap("/late", "no answer within 2 s", GapCause.LATE)
CRASHED = Gap("kernel", "the agent failed to read it: x", GapCause.CRASHED)
UNREADABLE, WITHHELD = Gap("/a", "permission denied"), Gap("/b", NOT_GIVEN)


@pytest.mark.parametrize(
    ("gaps", "reason", "text", "paths"),
    [
        pytest.param(
            (UNREADABLE,),
            Reason.FACT_UNREADABLE,
            "could not read /a: permission denied",
            ["/a"],
            id="unreadable",
        ),
        pytest.param(
            (WITHHELD, UNREADABLE),
            Reason.FACT_UNREADABLE,
            "could not read /a: permission denied",
            ["/b", "/a"],
            id="withheld, and unreadable, which is graver",
        ),
        pytest.param(
            (WITHHELD,),
            Reason.FACT_UNREADABLE,
            f"could not read /b: {NOT_GIVEN}",
            ["/b"],
            id="withheld alone",
        ),
        pytest.param(
            (UNREADABLE, CRASHED),
            Reason.CHECK_CRASHED,
            "kernel: the agent failed to read it: x",
            ["/a"],
            id="a defect, which is graver still, and is no path",
        ),
        pytest.param(
            (CRASHED, UNREADABLE, LATE),
            Reason.FACT_TIMEOUT,
            "could not read /late: no answer within 2 s",
            ["/a", "/late"],
            id="late, the gravest",
        ),
    ],
)
def test_what_was_not_read(
    gaps: tuple[Gap, ...], reason: Reason, text: str, paths: list[str]
) -> None:
    """The gravest gap gives reason and words, every path is evidence."""
    cause = unreadable_cause(gaps)

    assert (cause.reason, cause.message) == (reason, text)
    assert [origin.path for origin in cause.evidence] == paths


def test_cause_of_a_gap() -> None:
    """What was not given is withheld, whoever says so."""
    assert [gap.cause for gap in (UNREADABLE, WITHHELD)] == [
        GapCause.UNREADABLE,
        GapCause.WITHHELD,
    ]
    assert WITHHELD.withheld
    assert not UNREADABLE.withheld
    assert LATE.late
