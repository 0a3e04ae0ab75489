"""What followed requests are worth where something was not read."""

import pytest

from agent.facts import (
    BootFacts,
    Gap,
    HelperFact,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    SystemFacts,
)
from agent.findings import Cause, Reason
from agent.gaps import GapCause
from agent.kmod.config import ModprobeConfig
from agent.kmod.insert import KernelPolicy
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health, StaticTree, TreeModule
from agent.loading.causes import missing_cause, no_modules_cause, unreadable_cause
from agent.loading.conclude import conclude
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, TriState
from agent.names import CMDLINE

SCTP = StaticTree(modules={"sctp": TreeModule("sctp", "/m/sctp.ko")})
DAMAGED = StaticTree(modules=SCTP.modules, damaged={"/m/sctp.ko": Health.DAMAGED})
EMPTY = StaticTree()
KERNEL = KernelFacts(release="6.1.0")
LINE = Cause(Reason.BLACKLISTED, "a line")
CUT_OFF = "/m/sctp.ko is truncated or no module"
GAP = Gap("/etc/modprobe.d/a.conf", "permission denied")
OTHER = Gap("/sys/kernel/security/lockdown", "permission denied")
ARGUMENTS = Gap(CMDLINE, "permission denied")
LATE = Gap("/etc/os-release", "no answer within 2 s", GapCause.LATE)
WHOLE = Gap("kernel", "the agent failed to read it", GapCause.CRASHED)
TREE_GAP = Gap("/m/modules.dep.bin", "is damaged")
YES, NO, UNKNOWN = TriState.YES, TriState.NO, TriState.UNKNOWN


def _judge(
    tree: StaticTree,
    *,
    kernel: KernelFacts = KERNEL,
    system: tuple[Gap, ...] = (),
    modprobe: tuple[Gap, ...] = (),
    module: tuple[Gap, ...] = (),
    gaps: tuple[Gap, ...] = (),
    loaded: frozenset[str] = frozenset(),
    maybe: frozenset[str] = frozenset(),
) -> Forecast:
    context = LoadContext(
        kernel,
        SystemFacts(gaps=system),
        ModprobeFacts(gaps=modprobe),
        BootFacts(),
        ModuleFacts(gaps=module),
        tree,
        HelperFact(),
    )
    loader = Loader(ModprobeConfig(), tree, KernelPolicy(), KmodRules(30))
    loader.loaded |= loaded
    loader.maybe |= maybe
    forecast = conclude(context, loader, [LINE], gaps)

    assert loader.loaded == loaded  # asking loads nothing
    return forecast


def test_obstacles() -> None:
    """A line may be overruled by another; a kernel that cannot load it by nothing."""
    missing = missing_cause(ModuleFacts(), KERNEL)
    shut = KernelFacts(release="6.1.0", modular=False)

    assert _judge(SCTP) == Forecast(NO, (LINE,))
    assert _judge(EMPTY) == Forecast(NO, (LINE, missing))
    assert _judge(EMPTY, kernel=shut) == Forecast(NO, (LINE, no_modules_cause()))
    damaged = _judge(DAMAGED)
    assert damaged.likelihood == NO
    assert [cause.message for cause in damaged.causes] == ["a line", CUT_OFF]


def test_what_is_in_the_kernel() -> None:
    """Nothing can be in the way of it any more, and a maybe is no no."""
    assert _judge(DAMAGED, loaded=frozenset({"sctp"})) == Forecast(YES, (LINE,))
    assert _judge(EMPTY, loaded=frozenset({"sctp"})) == Forecast(YES, (LINE,))
    assert _judge(SCTP, maybe=frozenset({"sctp"})).likelihood == UNKNOWN


@pytest.mark.parametrize(
    ("where", "gap", "open_line", "open_kernel"),
    [
        pytest.param("modprobe", GAP, True, False, id="a line"),
        pytest.param("gaps", GAP, True, False, id="what else decides"),
        pytest.param("module", TREE_GAP, True, True, id="the modules"),
        pytest.param("system", LATE, True, True, id="something late"),
        pytest.param("system", WHOLE, True, True, id="a whole part"),
        pytest.param("system", ARGUMENTS, True, True, id="the arguments"),
        pytest.param("system", OTHER, False, False, id="a switch of its own"),
    ],
)
def test_what_was_not_read(
    where: str, gap: Gap, *, open_line: bool, open_kernel: bool
) -> None:
    """It leaves open what it could overrule, and says so behind what is known."""
    unread = unreadable_cause((gap,))
    by_line = _judge(SCTP, **{where: (gap,)})  # type: ignore[arg-type]  # by its name
    by_kernel = _judge(EMPTY, **{where: (gap,)})  # type: ignore[arg-type]  # likewise
    missing = missing_cause(ModuleFacts(), KERNEL)
    line = (LINE, unread) if open_line else (LINE,)
    kernel = (LINE, missing, unread) if open_kernel else (LINE, missing)

    assert by_line == Forecast(UNKNOWN if open_line else NO, line)
    assert by_kernel == Forecast(UNKNOWN if open_kernel else NO, kernel)
