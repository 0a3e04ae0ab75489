"""The six questions about one node, now and at the next boot, from facts alone."""

from dataclasses import replace

import pytest

from agent.facts import (
    BootFacts,
    Gap,
    Helper,
    HelperFact,
    Init,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    ModuleService,
)
from agent.facts import SystemFacts as System
from agent.findings import ModuleState, Origin, Reason
from agent.kernel.arguments import split
from agent.kmod.config import ConfigFile, build
from agent.kmod.rules import KmodRules
from agent.kmod.tree import StaticTree, TreeModule
from agent.loading.context import LoadContext
from agent.loading.forecast import LoadForecasts, TriState
from agent.loading.predict import predict
from agent.selinux.facts import SELinuxFacts
from agent.selinux.mode import Mode
from agent.systemd.modules_load import Entry

RULES = KmodRules(30)
TREE = StaticTree(
    modules={"sctp": TreeModule("sctp", "/m/sctp.ko")},
    alias_table={
        f"net_pf_{family}_proto_132{kind}": ("sctp",)
        for family in (2, 10)
        for kind in ("", "_type_1", "_type_5")
    },
)
LISTED = BootFacts(entries=(Entry("sctp", Origin("/etc/modules-load.d/a.conf", 1)),))
GAP = Gap("/etc/modprobe.d/a.conf", "permission denied")
BOOT_GAP = Gap("/etc/modules-load.d/b.conf", "permission denied")
NONE = HelperFact(Helper.NONE, "", Origin("/etc/sysctl.d/a.conf", 1))
MODPROBE = HelperFact(Helper.MODPROBE, "/sbin/modprobe")


def _context(
    lines: str = "",
    *,
    boot: BootFacts | None = None,
    gaps: tuple[Gap, ...] = (),
    helper: HelperFact = MODPROBE,
    read: bool = True,
) -> LoadContext:
    config = build([ConfigFile("/x", "x", lines.encode())], "", RULES)
    return LoadContext(
        kernel=KernelFacts(
            modules_disabled=False, signatures_enforced=False, helper=helper
        ),
        system=System(),
        modprobe=ModprobeFacts(configs=((RULES, config),) if read else (), gaps=gaps),
        boot=boot or BootFacts(),
        module=ModuleFacts(state=ModuleState.LOADABLE),
        tree=TREE,
        boot_helper=helper,
    )


def _letters(forecasts: LoadForecasts) -> str:
    """Return the answers as y, n and ? in the order in which they are asked."""
    found = (
        forecasts.autoload,
        forecasts.any_autoload,
        forecasts.boot_load,
        forecasts.boot_autoload,
        forecasts.boot_any_autoload,
        forecasts.unrestricted,
    )
    letters = {TriState.YES: "y", TriState.NO: "n", TriState.UNKNOWN: "?"}
    return "".join(letters[forecast.likelihood] for forecast in found)


@pytest.mark.parametrize(
    ("context", "answers"),
    [
        pytest.param(_context(), "yynyyy", id="nothing is in the way"),
        pytest.param(_context(boot=LISTED), "yyyyyy", id="listed"),
        pytest.param(_context("blacklist sctp"), "nnnnny", id="blacklisted"),
        pytest.param(
            _context("blacklist sctp", boot=LISTED), "nnnnny", id="listed in vain"
        ),
        pytest.param(
            _context("alias net-pf-2-proto-132* off"),
            "nynnyy",
            id="IPv4 leads nowhere",
        ),
        pytest.param(
            _context("alias net-pf-2-proto-132* off", boot=LISTED),
            "nyyyyy",
            id="IPv4 leads nowhere, and listed",
        ),
        pytest.param(
            _context("alias net-pf-2-proto-132-type-5 off\nblacklist dccp"),
            "yynyyy",
            id="another type leads nowhere",
        ),
        pytest.param(
            _context("alias sctp off", boot=LISTED),
            "yynyyy",
            id="its name leads nowhere",
        ),
        pytest.param(_context("install sctp false"), "nnnnnn", id="not installed"),
        pytest.param(
            _context("install sctp sh -c x"), "??n???", id="an opaque command"
        ),
        pytest.param(_context(helper=NONE), "nnnnny", id="nobody is called"),
        pytest.param(
            _context(helper=NONE, boot=LISTED), "nnyyyy", id="nobody, but listed"
        ),
        pytest.param(_context(gaps=(GAP,)), "??n???", id="modprobe.d unreadable"),
        pytest.param(
            _context(gaps=(GAP,), boot=LISTED), "??????", id="unreadable, and listed"
        ),
        pytest.param(
            _context(boot=BootFacts(gaps=(BOOT_GAP,))),
            "yy???y",
            id="modules-load.d unreadable",
        ),
        pytest.param(
            _context(boot=BootFacts(LISTED.entries, gaps=(BOOT_GAP,))),
            "yy???y",
            id="listed, and another file unreadable",
        ),
    ],
)
def test_answers(context: LoadContext, answers: str) -> None:
    """A socket now, any socket now, the load at boot, both sockets then, bare."""
    assert _letters(predict(context, context)) == answers


def test_program_that_the_node_does_not_have() -> None:
    """An install line that names it is as good as one that fails, to all six."""
    open_ = _context("install sctp gone")
    known = replace(open_, modprobe=replace(open_.modprobe, programs={"gone": False}))

    assert _letters(predict(open_, open_)) == "??n???"
    assert _letters(predict(known, known)) == "nnnnnn"


def test_load_by_openrc_whose_script_was_not_read() -> None:
    """What is loaded whether or not it heeds a blacklist is there for every socket."""
    listed = replace(LISTED, heeds_blacklist=None)
    plain = _context("alias net-pf-2-proto-132* off", boot=listed)
    node = replace(plain, system=System(service=ModuleService(Init.OPENRC)))

    assert _letters(predict(node, node)) == "nyyyyy"


def test_now_and_the_next_boot_are_apart() -> None:
    """What is in the way of one is not in the way of the other."""
    denied, listed = _context("blacklist sctp"), _context(boot=LISTED)

    assert _letters(predict(denied, listed)) == "nnyyyy"
    assert _letters(predict(listed, denied)) == "yynnny"


@pytest.mark.parametrize(
    ("now", "boot"),
    [
        pytest.param(False, True, id="now"),
        pytest.param(True, False, id="at boot"),
        pytest.param(False, False, id="both"),
    ],
)
def test_configuration_that_was_not_read(*, now: bool, boot: bool) -> None:
    """Without one of them everything is open, and the gaps of both say why."""
    contexts = [
        _context(read=read, gaps=() if read else (GAP,)) for read in (now, boot)
    ]
    forecasts = predict(*contexts)

    assert _letters(forecasts) == "??????"
    (cause,) = forecasts.autoload.causes
    assert cause.reason == Reason.FACT_UNREADABLE
    assert {origin.path for origin in cause.evidence} == {GAP.path}


def _stopped(
    state: ModuleState, *, heeds: bool | None, live: bool = True
) -> LoadContext:
    """Return a kernel that is told not to call the function sctp starts with."""
    plain = _context()
    kernel = replace(
        plain.kernel,
        live=live,
        arguments=tuple(split("initcall_blacklist=sctp_init")),
        heeds_initcalls=heeds,
    )
    builtin = frozenset({"sctp"} if state is ModuleState.BUILTIN else ())
    tree = replace(TREE, builtin_names=builtin)
    return replace(plain, kernel=kernel, tree=tree, module=ModuleFacts(state=state))


BUILTIN, LOADABLE = ModuleState.BUILTIN, ModuleState.LOADABLE


@pytest.mark.parametrize(
    ("context", "answers", "reason"),
    [
        pytest.param(
            _stopped(BUILTIN, heeds=True),
            "yynnny",
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            id="built in, and heeded",
        ),
        pytest.param(
            _stopped(BUILTIN, heeds=None),
            "yy???y",
            Reason.FACT_UNREADABLE,
            id="built in, and heeded perhaps",
        ),
        pytest.param(
            _stopped(BUILTIN, heeds=False), "yynyyy", None, id="built in, not heeded"
        ),
        pytest.param(
            _stopped(BUILTIN, heeds=True, live=False),
            "nnnnny",
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            id="built in, at rest",
        ),
        pytest.param(_stopped(LOADABLE, heeds=True), "nnnnnn", None, id="loadable"),
    ],
)
def test_function_that_is_not_called(
    context: LoadContext, answers: str, reason: Reason | None
) -> None:
    """What runs was started before; at the next boot it is not, where it is heeded."""
    forecasts = predict(context, context)

    assert _letters(forecasts) == answers
    assert (forecasts.stopped and forecasts.stopped.reason) == reason
    if forecasts.stopped:
        assert forecasts.boot_load.causes == (forecasts.stopped,)


ENFORCING, PERMISSIVE = (
    SELinuxFacts(mode, "enforcing", label="a:b:container_t:s0", may_load=False)
    for mode in (Mode.ENFORCING, Mode.PERMISSIVE)
)


def _confined(
    selinux: SELinuxFacts,
    *,
    arguments: str = "",
    live: bool = True,
    listed: bool = False,
    state: ModuleState = ModuleState.LOADABLE,
) -> LoadContext:
    plain = _context(boot=LISTED if listed else None)
    split_arguments = tuple(split(arguments))
    return replace(
        plain,
        kernel=replace(plain.kernel, live=live, arguments=split_arguments),
        system=System(selinux=selinux),
        module=ModuleFacts(state=state),
    )


@pytest.mark.parametrize(
    ("now", "boot", "answers"),
    [
        pytest.param(
            _confined(ENFORCING), _confined(ENFORCING), "nynnyy", id="enforcing"
        ),
        pytest.param(
            _confined(PERMISSIVE),
            _confined(PERMISSIVE),
            "yynnyy",
            id="permissive until a boot",
        ),
        pytest.param(
            _confined(ENFORCING),
            _confined(ENFORCING, arguments="enforcing=0"),
            "nynyyy",
            id="permissive from the next boot on",
        ),
        pytest.param(
            _confined(ENFORCING),
            _confined(ENFORCING, listed=True),
            "nyyyyy",
            id="listed: in the kernel before any container",
        ),
        pytest.param(
            _confined(ENFORCING),
            _confined(ENFORCING, state=ModuleState.BUILTIN),
            "nynyyy",
            id="built into the next kernel",
        ),
        pytest.param(
            _confined(ENFORCING, state=ModuleState.LOADED),
            _confined(ENFORCING),
            "yynnyy",
            id="loaded now",
        ),
        pytest.param(
            _confined(ENFORCING, live=False),
            _confined(ENFORCING, live=False),
            "nynnyy",
            id="at rest",
        ),
        pytest.param(
            _confined(ENFORCING, live=False, listed=True),
            _confined(ENFORCING, live=False, listed=True),
            "yyyyyy",
            id="at rest, and listed",
        ),
    ],
)
def test_container_under_selinux(
    now: LoadContext, boot: LoadContext, answers: str
) -> None:
    """What it may not load itself it still gets from who is not confined."""
    assert _letters(predict(now, boot)) == answers
