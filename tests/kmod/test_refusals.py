"""Why a module is not loaded, in full: the reason, the words, and where it stands."""

import pytest

from agent.findings import Cause, Origin, Reason
from agent.kmod.config import ConfigFile, build
from agent.kmod.insert import KernelPolicy, Refusal, refusal
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health, StaticTree, TreeModule

MODULES = {
    "lib": TreeModule("lib", "/m/lib.ko"),
    "sctp": TreeModule("sctp", "/m/sctp.ko", ("lib",)),
}
OPEN = KernelPolicy()
ARGUMENT = Origin("/proc/cmdline", None, "module_blacklist=sctp,lib")
SYSCTL = Origin("/etc/sysctl.d/a.conf", 1, "kernel.modules_disabled=1")
ENFORCED = Origin("/proc/cmdline", None, "module.sig_enforce")


@pytest.mark.parametrize(
    ("module", "kernel", "health", "expected"),
    [
        pytest.param("sctp", OPEN, Health.GOOD, None, id="nothing"),
        pytest.param(
            "gone",
            OPEN,
            Health.GOOD,
            Refusal(
                Cause(Reason.MODULE_MISSING, "there is no module gone for this kernel")
            ),
            id="no module",
        ),
        pytest.param(
            "sctp",
            KernelPolicy(blacklist=("sctp", "lib"), denied_by=ARGUMENT),
            Health.MISSING,
            Refusal(
                Cause(
                    Reason.DENIED_BY_KERNEL_ARGUMENT,
                    "the kernel argument `module_blacklist=sctp,lib` denies sctp",
                    (ARGUMENT,),
                )
            ),
            id="denied, before its file is looked at",
        ),
        pytest.param(
            "sctp",
            KernelPolicy(modules_disabled=True, disabled_by=SYSCTL),
            Health.GOOD,
            Refusal(
                Cause(
                    Reason.MODULES_DISABLED,
                    "kernel.modules_disabled=1 refuses to load any module",
                    (SYSCTL,),
                )
            ),
            id="the kernel is shut",
        ),
        pytest.param(
            "sctp",
            KernelPolicy(modules_disabled=None),
            Health.GOOD,
            Refusal(
                Cause(
                    Reason.FACT_UNREADABLE,
                    "kernel.modules_disabled could not be read",
                    (Origin("/proc/sys/kernel/modules_disabled"),),
                ),
                certain=False,
            ),
            id="whether the kernel is shut is not known",
        ),
        pytest.param(
            "sctp",
            OPEN,
            Health.MISSING,
            Refusal(
                Cause(
                    Reason.MODULE_MISSING,
                    "modules.dep names /m/sctp.ko, which does not exist",
                    (Origin("/m/sctp.ko"),),
                )
            ),
            id="its file is missing",
        ),
        pytest.param(
            "lib",
            OPEN,
            Health.MISSING,
            Refusal(
                Cause(
                    Reason.DEPENDENCY_MISSING,
                    "modules.dep names /m/lib.ko, which does not exist",
                    (Origin("/m/lib.ko"),),
                )
            ),
            id="the file of one that it needs is missing",
        ),
        pytest.param(
            "sctp",
            OPEN,
            Health.DAMAGED,
            Refusal(
                Cause(
                    Reason.MODULE_DAMAGED,
                    "/m/sctp.ko is truncated or no module",
                    (Origin("/m/sctp.ko"),),
                )
            ),
            id="its file is damaged",
        ),
        pytest.param(
            "lib",
            OPEN,
            Health.DAMAGED,
            Refusal(
                Cause(
                    Reason.DEPENDENCY_DAMAGED,
                    "/m/lib.ko is truncated or no module",
                    (Origin("/m/lib.ko"),),
                )
            ),
            id="the file of one that it needs is damaged",
        ),
        pytest.param(
            "sctp",
            OPEN,
            Health.UNKNOWN,
            Refusal(
                Cause(
                    Reason.FACT_UNREADABLE,
                    "/m/sctp.ko could not be read",
                    (Origin("/m/sctp.ko"),),
                ),
                certain=False,
            ),
            id="its file is unreadable",
        ),
        pytest.param("sctp", OPEN, Health.UNSIGNED, None, id="no signature is asked"),
        pytest.param(
            "sctp",
            KernelPolicy(signatures_enforced=True, enforced_by=ENFORCED),
            Health.UNSIGNED,
            Refusal(
                Cause(
                    Reason.SIGNATURE_REQUIRED,
                    "the kernel takes signed modules only and /m/sctp.ko has no "
                    "signature",
                    (ENFORCED, Origin("/m/sctp.ko")),
                )
            ),
            id="no signature",
        ),
        pytest.param(
            "sctp",
            KernelPolicy(signatures_enforced=None, enforced_by=ENFORCED),
            Health.UNSIGNED,
            Refusal(
                Cause(
                    Reason.FACT_UNREADABLE,
                    "/m/sctp.ko has no signature; whether one is enforced is not known",
                    (ENFORCED, Origin("/m/sctp.ko")),
                ),
                certain=False,
            ),
            id="no signature, and who knows",
        ),
    ],
)
def test_refusal_of_the_kernel(
    module: str, kernel: KernelPolicy, health: Health, expected: Refusal | None
) -> None:
    """The first obstacle in the kernel's order, and where it comes from."""
    path = MODULES[module].path if module in MODULES else ""
    tree = StaticTree(modules=MODULES, damaged={path: health})

    assert refusal(kernel, tree, module, (), lambda _: True) == expected


_SMP = "SMP preempt mod_unload"


def _other_build(text: str, *magics: tuple[str, str]) -> Refusal:
    evidence = tuple(Origin(f"/m/{m}.ko", None, f"vermagic={v}") for m, v in magics)
    return Refusal(Cause(Reason.MODULE_OF_OTHER_BUILD, text, evidence))


@pytest.mark.parametrize(
    ("release", "own", "other", "expected"),
    [
        pytest.param("6.1", f"6.1 {_SMP} ", f"6.1 {_SMP}", None, id="this kernel"),
        pytest.param("6.1", "", "5.0 UP", None, id="not known"),
        pytest.param("", f"5.0 {_SMP}", f"5.0 {_SMP}", None, id="no kernel known"),
        pytest.param(
            "6.1",
            f"5.0 {_SMP} modversions",
            f"6.1 {_SMP} modversions",
            None,
            id="another version with modversions",
        ),
        pytest.param(
            "6.1",
            f"5.0 {_SMP}",
            f"5.0 {_SMP}",
            _other_build(
                "/m/sctp.ko was built for 5.0, not for 6.1", ("sctp", f"5.0 {_SMP}")
            ),
            id="another version",
        ),
        pytest.param("6.1", f"6.1 {_SMP}", "", None, id="what it needs is not known"),
        pytest.param(
            "6.1",
            f"6.1 {_SMP}",
            "6.1 SMP preempt_rt",
            _other_build(
                "/m/sctp.ko was built with other options than /m/lib.ko",
                ("sctp", f"6.1 {_SMP}"),
                ("lib", "… SMP preempt_rt"),
            ),
            id="other options than what it needs",
        ),
        pytest.param(
            "6.1",
            "5.0 SMP",
            "6.1 UP",
            _other_build(
                "/m/sctp.ko was built for 5.0, not for 6.1", ("sctp", "5.0 SMP")
            ),
            id="another version, and other options",
        ),
    ],
)
def test_what_it_was_built_for(
    release: str, own: str, other: str, expected: Refusal | None
) -> None:
    """The version is the kernel's, the options are those of what it needs."""
    magics = {"/m/sctp.ko": own, "/m/lib.ko": other}
    tree = StaticTree(modules=MODULES, magics=magics)
    kernel = KernelPolicy(release=release)

    assert refusal(kernel, tree, "sctp", (), lambda _: True) == expected


@pytest.mark.parametrize(
    ("present", "damaged", "expected"),
    [
        pytest.param(True, {}, None, id="there"),
        pytest.param(
            False,
            {"/m/lib.ko": Health.MISSING},
            Refusal(
                Cause(
                    Reason.DEPENDENCY_MISSING,
                    "modules.dep names /m/lib.ko, which does not exist",
                    (Origin("/m/lib.ko"),),
                )
            ),
            id="without a file",
        ),
        pytest.param(
            False,
            {},
            Refusal(
                Cause(
                    Reason.DEPENDENCY_OVERRIDDEN,
                    "sctp needs lib, which did not get loaded",
                )
            ),
            id="not there",
        ),
        pytest.param(
            None,
            {},
            Refusal(
                Cause(
                    Reason.INSTALL_COMMAND_OPAQUE,
                    "sctp needs lib, which did not get loaded",
                ),
                certain=False,
            ),
            id="perhaps there",
        ),
    ],
)
def test_what_it_needs(
    present: bool | None,  # noqa: FBT001  # a value of the table
    damaged: dict[str, Health],
    expected: Refusal | None,
) -> None:
    """A module that was needed and is not in the kernel, and why."""
    tree = StaticTree(modules=MODULES, damaged=damaged)

    assert refusal(OPEN, tree, "sctp", (), lambda _: present) == expected


def _line(text: str, number: int = 1) -> Origin:
    return Origin("/x", number, text)


@pytest.mark.parametrize(
    ("lines", "arguments", "name", "causes"),
    [
        pytest.param(
            "# no\nblacklist sctp\nblacklist sctp",
            "",
            "alias",
            [
                Cause(
                    Reason.BLACKLISTED,
                    "sctp is denied by `blacklist sctp` at /x:2",
                    (_line("blacklist sctp", 2), _line("blacklist sctp", 3)),
                )
            ],
            id="blacklisted",
        ),
        pytest.param(
            "",
            "ro modprobe.blacklist=sctp",
            "alias",
            [
                Cause(
                    Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
                    "sctp is denied by the kernel argument `modprobe.blacklist=sctp`",
                    (Origin("/proc/cmdline", None, "modprobe.blacklist=sctp"),),
                )
            ],
            id="blacklisted by an argument",
        ),
        pytest.param(
            "install sctp sh -c x",
            "",
            "sctp",
            [
                Cause(
                    Reason.INSTALL_COMMAND_OPAQUE,
                    "only running it would tell what `install sctp sh -c x` at /x:1 "
                    "does for sctp",
                    (_line("install sctp sh -c x"),),
                )
            ],
            id="a command that only running would tell",
        ),
        pytest.param(
            "install sctp true",
            "",
            "sctp",
            [
                Cause(
                    Reason.INSTALL_OVERRIDE,
                    "sctp is kept from loading by `install sctp true` at /x:1",
                    (_line("install sctp true"),),
                )
            ],
            id="a command in its place",
        ),
        pytest.param(
            "install lib false",
            "",
            "sctp",
            [
                Cause(
                    Reason.DEPENDENCY_OVERRIDDEN,
                    "lib, which sctp needs, is kept from loading by `install lib "
                    "false` at /x:1",
                    (_line("install lib false"),),
                )
            ],
            id="a command in the place of what it needs",
        ),
        pytest.param(
            "alias here elsewhere",
            "",
            "here",
            [
                Cause(
                    Reason.ALIAS_DIVERTED,
                    "`alias here elsewhere` at /x:1 leads to elsewhere, not to sctp",
                    (_line("alias here elsewhere"),),
                )
            ],
            id="an alias that leads elsewhere",
        ),
        pytest.param(
            "options sctp no_checksums=banana",
            "",
            "sctp",
            [
                Cause(
                    Reason.BAD_MODULE_OPTION,
                    "`options sctp no_checksums=banana` at /x:1 gives sctp a bad value",
                    (_line("options sctp no_checksums=banana"),),
                )
            ],
            id="a bad value",
        ),
        pytest.param(
            "options sctp other=1 no_checksums=banana=1",
            "",
            "sctp",
            [
                Cause(
                    Reason.BAD_MODULE_OPTION,
                    "`options sctp other=1 no_checksums=banana=1` at /x:1 gives sctp a "
                    "bad value",
                    (_line("options sctp other=1 no_checksums=banana=1"),),
                )
            ],
            id="a bad value behind another one",
        ),
        pytest.param(
            "options sctp no_checksums other=banana\noptions lib no_checksums=banana",
            "",
            "sctp",
            [],
            id="no value, and those of parameters whose type is not known",
        ),
    ],
)
def test_causes_in_full(
    lines: str, arguments: str, name: str, causes: list[Cause]
) -> None:
    """Whoever reads the message finds the line, and can act on it."""
    rules = KmodRules(30)
    config = build([ConfigFile("/x", "x", lines.encode())], arguments, rules)
    tree = StaticTree(modules=MODULES, alias_table={"alias": ("sctp",)})
    loader = Loader(config, tree, OPEN, rules)
    loader.request(name)

    assert loader.causes == causes
