"""The six questions about one node, now and at the next boot, from facts alone."""

import pytest

from agent.facts import (
    BootFacts,
    Gap,
    Helper,
    HelperFact,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
)
from agent.facts import SystemFacts as System
from agent.findings import ModuleState, Origin, Reason
from agent.kmod.config import ConfigFile, build
from agent.kmod.rules import KmodRules
from agent.kmod.tree import StaticTree, TreeModule
from agent.loading.context import LoadContext
from agent.loading.forecast import LoadForecasts, TriState
from agent.loading.predict import predict
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
