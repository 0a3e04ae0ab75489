"""Which lines have to go so that nothing denies sctp."""

import pytest

from agent.facts import BootFacts, KernelFacts, ModprobeFacts, ModuleFacts, SystemFacts
from agent.facts import HelperFact as Helper
from agent.findings import ModuleState, Origin
from agent.kmod.config import ConfigFile, build
from agent.kmod.rules import KmodRules
from agent.kmod.tree import StaticTree, TreeModule
from agent.loading.context import LoadContext
from agent.loading.forecast import Removal
from agent.loading.removal import removal

RULES = KmodRules(30)
TREE = StaticTree(
    modules={"sctp": TreeModule("sctp", "/m/sctp.ko")},
    alias_table={f"net_pf_{family}_proto_132": ("sctp",) for family in (2, 10)},
)


def _context(*lines: str, read: bool = True) -> LoadContext:
    text = "\n".join(lines).encode()
    config = build([ConfigFile("/x", "x", text)], "", RULES)
    return LoadContext(
        kernel=KernelFacts(),
        system=SystemFacts(),
        modprobe=ModprobeFacts(
            configs=((RULES, config),) if read else (), programs={"gone": False}
        ),
        boot=BootFacts(),
        module=ModuleFacts(state=ModuleState.LOADABLE),
        tree=TREE,
        boot_helper=Helper(),
    )


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        pytest.param((), (), id="nothing denies"),
        pytest.param(("blacklist sctp",), (1,), id="one line"),
        pytest.param(
            ("install sctp /bin/false", "blacklist dccp", "blacklist sctp"),
            (1, 3),
            id="a line that only counts once another is gone",
        ),
        pytest.param(
            ("alias net-pf-10-proto-132 off",), (1,), id="a line for IPv6 alone"
        ),
        pytest.param(
            ("install sctp gone || modprobe -i sctp",),
            (),
            id="a line whose program is not on the node",
        ),
        pytest.param(
            (
                "blacklist sctp",
                "install net-pf-2-proto-132 modprobe -i sctp",
                "install net-pf-10-proto-132 modprobe -i sctp",
            ),
            (1,),
            id="a line that only a boot heeds",
        ),
    ],
)
def test_lines(lines: tuple[str, ...], gone: tuple[int, ...]) -> None:
    """All that deny are named, and no other; then nothing denies."""
    found = removal(_context(*lines))

    assert sorted(origin.line or 0 for origin in found.lines) == [*gone]
    assert found.enough


def test_nothing_read() -> None:
    """What could not be read is no configuration that can be put right."""
    assert removal(_context("blacklist sctp", read=False)) == Removal()


@pytest.mark.parametrize(("lines", "enough"), [(64, True), (65, False)])
def test_more_lines_than_anybody_removes(lines: int, *, enough: bool) -> None:
    """The search has an end, and says that it did not get to the bottom."""
    found = removal(_context(*["install sctp /bin/false"] * lines))

    assert found.enough is enough
    assert len(found.lines) == lines
    assert found.lines[0] == Origin("/x", 1, "install sctp /bin/false")
