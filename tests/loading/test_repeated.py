"""A prediction that is kept says what one made anew would say."""

from dataclasses import replace

import pytest

from agent.facts import (
    BootFacts,
    Helper,
    HelperFact,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    SystemFacts,
)
from agent.findings import ModuleState
from agent.kmod.config import ConfigFile, build
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health, StaticTree, TreeModule
from agent.loading import repeated
from agent.loading.context import LoadContext
from agent.loading.predict import predict
from agent.loading.repeated import RepeatedPrediction

RULES = KmodRules(30)
NAMES = ("net_pf_2_proto_132", "net_pf_10_proto_132")
SCTP = TreeModule("sctp", "/m/sctp.ko", ("libcrc32c",))
TREE = StaticTree(
    modules={"sctp": SCTP, "libcrc32c": TreeModule("libcrc32c", "/m/libcrc32c.ko")},
    alias_table=dict.fromkeys(NAMES, ("sctp",)),
)
HELPER = HelperFact(Helper.MODPROBE, "/sbin/modprobe")


def _context(lines: str = "", tree: StaticTree = TREE) -> LoadContext:
    config = build([ConfigFile("/x", "x", lines.encode())], "", RULES)
    return LoadContext(
        kernel=KernelFacts(
            release="6.1.0",
            modules_disabled=False,
            signatures_enforced=True,
            helper=HELPER,
        ),
        system=SystemFacts(),
        modprobe=ModprobeFacts(configs=((RULES, config),)),
        boot=BootFacts(),
        module=ModuleFacts(state=ModuleState.LOADABLE),
        tree=tree,
        boot_helper=HELPER,
    )


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(replace(TREE, modules={}), id="the module is gone"),
        pytest.param(replace(TREE, alias_table={}), id="no alias leads to it"),
        pytest.param(
            replace(TREE, builtin_names=frozenset({"sctp"})), id="it is built in"
        ),
        pytest.param(
            replace(TREE, damaged={"/m/libcrc32c.ko": Health.DAMAGED}),
            id="what it needs is damaged",
        ),
        pytest.param(
            replace(TREE, magics={"/m/sctp.ko": "5.10.0 SMP"}),
            id="it is of another kernel",
        ),
        pytest.param(
            replace(TREE, alias_table={}, builtin_alias_table={NAMES[0]: ("sctp",)}),
            id="a built-in alias",
        ),
        pytest.param(
            replace(TREE, symbol_table={"symbol:a": ("sctp",)}), id="a symbol"
        ),
    ],
)
@pytest.mark.parametrize("lines", ["", "softdep sctp pre: symbol:a\n"])
def test_another_tree(lines: str, tree: StaticTree) -> None:
    """Whatever a tree answers otherwise, now or of the next kernel, is followed."""
    repeat = RepeatedPrediction()
    old, new = _context(lines), _context(lines, tree)
    for now, boot in [(old, old), (new, new), (old, old), (old, new), (new, old)]:
        assert repeat(now, boot) == predict(now, boot)
        assert repeat(now, boot) == predict(now, boot)


def test_other_facts() -> None:
    """A line that denies it counts at once, and is forgotten when it is gone."""
    repeat = RepeatedPrediction()
    plain, denied = _context(), _context("blacklist sctp")
    for now, boot in [(plain, plain), (denied, denied), (plain, denied)]:
        assert repeat(now, boot) == predict(now, boot)


def test_the_same_again() -> None:
    """Equal facts and answers have the same forecasts: nothing is followed again."""
    repeat = RepeatedPrediction()
    kept = repeat(_context(), _context())
    later = replace(_context().kernel, boot_time=1.0)
    used = replace(_context().module, references=3)
    moved = replace(_context(), kernel=later, module=used)

    assert repeat(moved, moved) is kept


def test_too_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hostile node has asked without end is not kept."""
    monkeypatch.setattr(repeated, "_MOST", 1)
    repeat = RepeatedPrediction()
    context = _context()

    assert repeat(context, context) is not repeat(context, context)
