"""What loads sctp in the course of a boot: the service, and all else that does."""

from dataclasses import replace

import pytest

from agent.facts import (
    Assignment,
    BootFacts,
    BootLoad,
    Gap,
    Helper,
    HelperFact,
    Init,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    ModuleService,
    SystemFacts,
)
from agent.findings import ModuleState, Origin, Reason
from agent.kmod.config import ConfigFile, build
from agent.kmod.insert import KernelPolicy
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health, StaticTree, TreeModule
from agent.loading.boot_load import boot_load
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, TriState
from agent.systemd.modules_load import Entry

YES, NO, UNKNOWN = TriState.YES, TriState.NO, TriState.UNKNOWN
RULES = KmodRules(30)
TREE = StaticTree(
    modules={name: TreeModule(name, f"/m/{name}.ko") for name in ("sctp", "dccp")}
)
LISTED = Origin("/etc/modules-load.d/a.conf", 1, "sctp")
ENTRY, OTHER = Entry("sctp", LISTED), Entry("dccp", Origin("/etc/modules", 1, "dccp"))
UNIT = Origin("/etc/systemd/system/a.service", 4, "ExecStart=modprobe sctp")
LOAD = BootLoad("sctp", UNIT, "a.service", certain=True)
DOUBT = Origin("/etc/systemd/system/x.conf", 2, "ConditionPathExists=/x")
MASK = Origin("/proc/cmdline", None, "systemd.mask=systemd-modules-load.service")
DAMAGED = replace(TREE, damaged={"/m/sctp.ko": Health.DAMAGED})
SYSTEMD, SYSVINIT = ModuleService(Init.SYSTEMD), ModuleService(Init.SYSVINIT)
OPENRC = ModuleService(Init.OPENRC)
INIT = Origin("/proc/cmdline", None, "init=/bin/sh")
NOTHING, OFF = BootFacts(), "is masked"


def _forecast(
    boot: BootFacts,
    *,
    service: ModuleService = SYSTEMD,
    lines: str = "",
    helper: Helper = Helper.MODPROBE,
    tree: StaticTree = TREE,
) -> Forecast:
    config = build([ConfigFile("/x", "x", lines.encode())], "", RULES)
    context = LoadContext(
        kernel=KernelFacts(live=False),
        system=SystemFacts(service=service),
        modprobe=ModprobeFacts(configs=((RULES, config),)),
        boot=boot,
        module=ModuleFacts(state=ModuleState.LOADABLE),
        tree=tree,
        boot_helper=HelperFact(helper),
    )
    return boot_load(context, Loader(config, tree, KernelPolicy(), RULES))


@pytest.mark.parametrize(
    ("boot", "service", "lines", "helper", "likelihood", "reasons", "entries"),
    [
        pytest.param(
            NOTHING,
            SYSTEMD,
            "",
            Helper.MODPROBE,
            NO,
            [Reason.NOT_DECLARED_AT_BOOT],
            (),
            id="nothing",
        ),
        pytest.param(
            BootFacts(entries=(OTHER,)),
            SYSTEMD,
            "",
            Helper.MODPROBE,
            NO,
            [Reason.NOT_DECLARED_AT_BOOT],
            (),
            id="another module",
        ),
        pytest.param(
            BootFacts(entries=(OTHER, ENTRY)),
            SYSTEMD,
            "",
            Helper.OPAQUE,
            YES,
            [],
            (LISTED,),
            id="listed, whatever the kernel calls",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            SYSTEMD,
            "blacklist sctp",
            Helper.MODPROBE,
            NO,
            [Reason.BLACKLISTED],
            (LISTED,),
            id="listed, and systemd heeds the blacklist",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,), heeds_blacklist=True),
            OPENRC,
            "blacklist sctp",
            Helper.MODPROBE,
            NO,
            [Reason.BLACKLISTED],
            (LISTED,),
            id="listed, and OpenRC's script heeds the blacklist",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,), heeds_blacklist=None),
            OPENRC,
            "blacklist sctp",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.BLACKLISTED, Reason.BOOT_LOAD_OPAQUE],
            (LISTED,),
            id="listed, and OpenRC's script was not read",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,), heeds_blacklist=None),
            OPENRC,
            "blacklist dccp",
            Helper.MODPROBE,
            YES,
            [],
            (LISTED,),
            id="listed, and no blacklist that OpenRC could heed",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,), heeds_blacklist=None),
            OPENRC,
            "install sctp false",
            Helper.MODPROBE,
            NO,
            [Reason.INSTALL_OVERRIDE],
            (LISTED,),
            id="listed, and denied whatever OpenRC heeds",
        ),
        pytest.param(
            BootFacts(entries=(Entry("pair", DOUBT), ENTRY)),
            SYSTEMD,
            "blacklist sctp\nalias pair sctp\nalias pair gone",
            Helper.MODPROBE,
            NO,
            [Reason.BLACKLISTED, Reason.ALIAS_DIVERTED],
            (DOUBT, LISTED),
            id="listed twice, and what each fails of",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            SYSVINIT,
            "blacklist sctp",
            Helper.MODPROBE,
            YES,
            [],
            (LISTED,),
            id="listed, and modprobe does not",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            SYSVINIT,
            "",
            Helper.OPAQUE,
            UNKNOWN,
            [Reason.BOOT_LOAD_OPAQUE],
            (LISTED,),
            id="listed for a modprobe that is not kmod's",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,), masked_by=MASK),
            SYSTEMD,
            "",
            Helper.MODPROBE,
            NO,
            [Reason.NOT_DECLARED_AT_BOOT],
            (),
            id="masked by an argument",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            ModuleService(Init.SYSTEMD, OFF, DOUBT),
            "",
            Helper.MODPROBE,
            NO,
            [Reason.NOT_DECLARED_AT_BOOT],
            (),
            id="masked by a file",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            ModuleService(Init.SYSTEMD, doubts=(DOUBT,)),
            "",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.BOOT_LOAD_OPAQUE],
            (LISTED,),
            id="with a condition",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            ModuleService(Init.OTHER),
            "",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.BOOT_LOAD_OPAQUE],
            (LISTED,),
            id="by an init that nobody knows",
        ),
        pytest.param(
            BootFacts(loads=(LOAD,)),
            SYSTEMD,
            "",
            Helper.MODPROBE,
            YES,
            [],
            (UNIT,),
            id="by a unit",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,), loads=(LOAD,)),
            SYSTEMD,
            "blacklist sctp",
            Helper.MODPROBE,
            YES,
            [],
            (LISTED, UNIT),
            id="by a unit that heeds no blacklist",
        ),
        pytest.param(
            BootFacts(loads=(replace(LOAD, blacklist=True),)),
            SYSTEMD,
            "blacklist sctp",
            Helper.MODPROBE,
            NO,
            [Reason.NOT_DECLARED_AT_BOOT],
            (),
            id="by a unit that heeds the blacklist",
        ),
        pytest.param(
            BootFacts(loads=(replace(LOAD, certain=False),)),
            SYSTEMD,
            "",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.NOT_DECLARED_AT_BOOT, Reason.BOOT_LOAD_OPAQUE],
            (),
            id="by a unit that may not run",
        ),
        pytest.param(
            BootFacts(loads=(LOAD,)),
            SYSTEMD,
            "",
            Helper.OPAQUE,
            UNKNOWN,
            [Reason.NOT_DECLARED_AT_BOOT, Reason.BOOT_LOAD_OPAQUE],
            (),
            id="by a unit with a modprobe that is not kmod's",
        ),
        pytest.param(
            BootFacts(loads=(LOAD,)),
            SYSTEMD,
            "install sctp sh -c x",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.NOT_DECLARED_AT_BOOT, Reason.BOOT_LOAD_OPAQUE],
            (),
            id="by a unit and a command that only running would tell",
        ),
        pytest.param(
            BootFacts(
                loads=(LOAD,),
                sysctls={"kernel.modules_disabled": Assignment("1", DOUBT)},
            ),
            SYSTEMD,
            "",
            Helper.MODPROBE,
            NO,
            [Reason.NOT_DECLARED_AT_BOOT],
            (),
            id="by a unit that comes when the kernel is shut",
        ),
        pytest.param(
            BootFacts(
                entries=(ENTRY,),
                loads=(replace(LOAD, certain=False), replace(LOAD, blacklist=True)),
            ),
            SYSTEMD,
            "blacklist sctp",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.BLACKLISTED, Reason.BOOT_LOAD_OPAQUE],
            (LISTED,),
            id="by a unit that may not run, before one that is refused",
        ),
        pytest.param(
            BootFacts(loads=(replace(LOAD, blacklist=True),)),
            ModuleService(Init.OTHER),
            "blacklist sctp",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.BOOT_LOAD_OPAQUE],
            (),
            id="by an init that nobody knows, before a unit that is refused",
        ),
        pytest.param(
            BootFacts(loads=(replace(LOAD, blacklist=True),)),
            ModuleService(Init.OTHER),
            "blacklist sctp\ninstall sctp sh -c x",
            Helper.MODPROBE,
            UNKNOWN,
            [Reason.INSTALL_COMMAND_OPAQUE, Reason.BOOT_LOAD_OPAQUE],
            (),
            id="by an init that nobody knows, and an opaque command",
        ),
    ],
)
def test_forecast(
    boot: BootFacts,
    service: ModuleService,
    lines: str,
    helper: Helper,
    likelihood: TriState,
    reasons: list[Reason],
    entries: tuple[Origin, ...],
) -> None:
    """Whether it is loaded, why not, and what would."""
    forecast = _forecast(boot, service=service, lines=lines, helper=helper)

    assert forecast.likelihood == likelihood
    assert [cause.reason for cause in forecast.causes] == reasons
    assert forecast.entries == entries


@pytest.mark.parametrize(
    ("boot", "service", "text", "evidence"),
    [
        pytest.param(
            NOTHING,
            SYSTEMD,
            "no modules-load.d file and no kernel argument names sctp",
            (),
            id="nothing",
        ),
        pytest.param(
            BootFacts(in_vain=(LISTED,), fleeting=(DOUBT,)),
            SYSTEMD,
            "no modules-load.d file and no kernel argument names sctp: `sctp` at "
            "/etc/modules-load.d/a.conf:1 names no module that is looked for",
            (LISTED, DOUBT),
            id="in vain",
        ),
        pytest.param(
            BootFacts(fleeting=(LISTED,)),
            SYSTEMD,
            "no modules-load.d file and no kernel argument names sctp after a reboot: "
            "/etc/modules-load.d/a.conf:1 is gone then",
            (LISTED,),
            id="gone by then",
        ),
        pytest.param(
            BootFacts(masked_by=MASK),
            SYSTEMD,
            f"systemd-modules-load is masked by `{MASK.text}`",
            (MASK,),
            id="masked by an argument",
        ),
        pytest.param(
            NOTHING,
            ModuleService(Init.SYSTEMD, OFF),
            OFF,
            (),
            id="not there",
        ),
        pytest.param(
            NOTHING,
            ModuleService(Init.SYSTEMD, OFF, DOUBT),
            OFF,
            (DOUBT,),
            id="off by a file",
        ),
        pytest.param(
            BootFacts(entries=(ENTRY,)),
            ModuleService(Init.SYSTEMD, doubts=(DOUBT, LISTED)),
            "whether systemd-modules-load runs depends on "
            "`ConditionPathExists=/x` at /etc/systemd/system/x.conf:2",
            (DOUBT, LISTED),
            id="with conditions",
        ),
        pytest.param(
            BootFacts(loads=(replace(LOAD, certain=False),)),
            SYSTEMD,
            "a.service loads sctp at boot by `ExecStart=modprobe sctp` at "
            "/etc/systemd/system/a.service:4: whether that works is not known",
            (UNIT,),
            id="perhaps by a unit",
        ),
        pytest.param(
            BootFacts(unseen_loads=(Gap("/etc/systemd/system", "is not there"),)),
            SYSTEMD,
            "what else is loaded at boot could not be read: /etc/systemd/system: is "
            "not there",
            (Origin("/etc/systemd/system"),),
            id="perhaps by what was not read",
        ),
        pytest.param(
            NOTHING,
            ModuleService(Init.UNKNOWN),
            "what loads modules at a boot of this node is not known",
            (),
            id="by an init that is not known",
        ),
        pytest.param(
            NOTHING,
            ModuleService(Init.OTHER),
            "this node has no systemd, and what its init loads is not read",
            (),
            id="by another init",
        ),
        pytest.param(
            BootFacts(diverted_by=INIT),
            SYSTEMD,
            "the argument `init=/bin/sh` makes a boot start something else",
            (INIT,),
            id="by an argument that names another program",
        ),
    ],
)
def test_last_cause(
    boot: BootFacts, service: ModuleService, text: str, evidence: tuple[Origin, ...]
) -> None:
    """The words of what decides, and where it stands."""
    cause = _forecast(boot, service=service).causes[-1]

    assert (cause.message, cause.evidence) == (text, evidence)


def test_script_that_was_not_read() -> None:
    """What the service may heed is named by the entries that it would be asked for."""
    boot = BootFacts(entries=(ENTRY,), heeds_blacklist=None)
    cause = _forecast(boot, service=OPENRC, lines="blacklist sctp").causes[-1]

    assert cause.message.startswith("whether OpenRC's service modules heeds")
    assert cause.evidence == (LISTED,)


def test_modprobe_that_is_not_of_kmod() -> None:
    """The entries that it is called for are the evidence."""
    forecast = _forecast(
        BootFacts(entries=(ENTRY,)), service=SYSVINIT, helper=Helper.OPAQUE
    )

    assert forecast.causes[-1].message == (
        "the modprobe that sysvinit calls is not kmod's"
    )
    assert forecast.causes[-1].evidence == (LISTED,)


@pytest.mark.parametrize("init", [Init.OTHER, Init.UNKNOWN])
def test_module_that_no_init_can_load(init: Init) -> None:
    """Whoever starts the node: a damaged file is loaded by nobody."""
    forecast = _forecast(NOTHING, service=ModuleService(init), tree=DAMAGED)

    assert forecast.likelihood == NO
    assert [cause.reason for cause in forecast.causes] == [
        Reason.MODULE_DAMAGED,
        Reason.NOT_DECLARED_AT_BOOT,
    ]
