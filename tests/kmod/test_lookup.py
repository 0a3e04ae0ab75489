"""What a name stands for: which source has it, and what is kept of that."""

import pytest

from agent.kmod.config import ConfigFile, build
from agent.kmod.lookup import Hit, lookup
from agent.kmod.rules import KmodRules
from agent.kmod.tree import StaticTree, TreeModule

LINES = b"alias a_* one\nalias a_b two\ninstall c.ko true\nremove d.x true\n"
LINES += b"install e.ko.xz true\n"
CONFIG = build([ConfigFile("/x", "x", LINES)], "", KmodRules(30))
BY_NAME = {line.name: line for line in CONFIG.directives}
TREE = StaticTree(
    modules={name: TreeModule(name, f"/{name}.ko") for name in ("one", "in_tree")},
    alias_table={"net_pf": ("one", "two")},
    symbol_table={"symbol:hook": ("one",)},
    builtin_names=frozenset({"inside", "both"}),
    builtin_alias_table={"inner": ("inside",), "both": ("inside", "outside")},
)
WITHOUT_ALIASES = StaticTree(builtin_names=frozenset({"inside"}))


@pytest.mark.parametrize(
    ("name", "hits"),
    [
        pytest.param(
            "a-b",
            (
                Hit("one", "a_*", via=BY_NAME["a_*"]),
                Hit("two", "a_b", via=BY_NAME["a_b"]),
            ),
            id="lines",
        ),
        pytest.param("in-tree", (Hit("in_tree"),), id="a module"),
        pytest.param("symbol:hook", (Hit("one", "symbol:hook"),), id="a symbol"),
        pytest.param("c.ko", (Hit("c", command=BY_NAME["c.ko"]),), id="a command"),
        pytest.param("c", (), id="a command of a longer name"),
        pytest.param(
            "e.ko.xz", (Hit("e", command=BY_NAME["e.ko.xz"]),), id="of two dots"
        ),
        pytest.param("d.x", (Hit("d"),), id="a remove line"),
        pytest.param(
            "net-pf", (Hit("one", "net_pf"), Hit("two", "net_pf")), id="an index"
        ),
        pytest.param("inside", (Hit("inside", builtin=True),), id="built in"),
        pytest.param(
            "inner", (Hit("inside", "inner", builtin=True),), id="built-in alias"
        ),
        pytest.param("both", (Hit("both", builtin=True),), id="the name before it"),
        pytest.param("nothing", (), id="nothing"),
        pytest.param("a[", (), id="an open bracket"),
    ],
)
def test_hits(name: str, hits: tuple[Hit, ...]) -> None:
    """Each source tells its module, and what libkmod keeps beside it."""
    assert lookup(name, CONFIG, TREE, KmodRules(30)) == hits


@pytest.mark.parametrize(
    ("tree", "version", "name", "hits"),
    [
        pytest.param(TREE, 26, "inner", (), id="aliases unknown to 26"),
        pytest.param(
            TREE, 26, "inside", (Hit("inside", builtin=True),), id="names known to 26"
        ),
        pytest.param(
            TREE,
            28,
            "both",
            tuple(Hit(to, "both", builtin=True) for to in ("inside", "outside")),
            id="aliases first in 28",
        ),
        pytest.param(TREE, 28, "inside", (), id="aliases only in 28"),
        pytest.param(
            WITHOUT_ALIASES,
            28,
            "inside",
            (Hit("inside", builtin=True),),
            id="names in 28 without that index",
        ),
    ],
)
def test_built_in_by_version(
    tree: StaticTree, version: int, name: str, hits: tuple[Hit, ...]
) -> None:
    """Which of the two indexes counts, and which is asked first."""
    assert lookup(name, CONFIG, tree, KmodRules(version)) == hits


@pytest.mark.parametrize(
    ("length", "found"),
    [
        pytest.param(4095, True, id="as long as libkmod's buffer"),
        pytest.param(4096, True, id="longer: what is cut off is not missed"),
    ],
)
def test_long_name(length: int, *, found: bool) -> None:
    """A name is cut off where libkmod cuts it."""
    name = "b" * 4095
    tree = StaticTree(modules={name: TreeModule(name, "/b.ko")})

    assert bool(lookup("b" * length, CONFIG, tree, KmodRules(30))) is found


@pytest.mark.parametrize(
    ("length", "found"),
    [pytest.param(4091, True, id="fits"), pytest.param(4092, False, id="too long")],
)
def test_long_alias(length: int, *, found: bool) -> None:
    """Alias and module share a buffer; what does not fit leads nowhere."""
    alias = "x" * length
    tree = StaticTree(alias_table={alias: ("one",)})

    assert bool(lookup(alias, CONFIG, tree, KmodRules(30))) is found
