"""The steps of a request, before anything is tried: their order and what each is."""

import pytest

from agent.kmod.config import ConfigFile, build
from agent.kmod.insert import KernelPolicy
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health, StaticTree, TreeModule

NEEDS = {
    "low": (),
    "mid": ("low",),
    "sctp": ("mid", "low"),
    "one": (),
    "two": ("one",),
    "both": (),
    "over": ("both",),
}
TREE = StaticTree(
    modules={name: TreeModule(name, f"/{name}.ko", of) for name, of in NEEDS.items()},
    alias_table={"any": ("sctp",), "pair": ("one", "two")},
    builtin_names=frozenset({"inside", "both"}),
    builtin_alias_table={"listed": ("ghost",)},
)
LOST = StaticTree(modules=TREE.modules, damaged={"/low.ko": Health.MISSING})
RULES = KmodRules(30)
Steps = list[tuple[str, str, str]]


def _steps(
    lines: str, name: str, *, ignore_install: bool = False, tree: StaticTree = TREE
) -> Steps:
    """Return module, flags (r required, b built in) and command of each step."""
    config = build([ConfigFile("/x", "x", lines.encode())], "", RULES)
    loader = Loader(config, tree, KernelPolicy(), RULES)
    return [
        (
            step.module if step.alias is None else f"{step.module}@{step.alias}",
            "r" * step.required + "b" * step.builtin,
            step.install.value if step.install else "",
        )
        for hit in loader.lookup(name)
        for step in loader.plan(hit, ignore_install=ignore_install)
    ]


PLAIN = [("low", "r", ""), ("mid", "r", ""), ("sctp", "r", "")]


@pytest.mark.parametrize(
    ("lines", "name", "expected"),
    [
        pytest.param("", "low", [("low", "r", "")], id="alone"),
        pytest.param("", "sctp", PLAIN, id="after what it needs"),
        pytest.param("", "any", [*PLAIN[:2], ("sctp@any", "r", "")], id="by an alias"),
        pytest.param(
            "",
            "pair",
            [("one@pair", "r", ""), ("one", "r", ""), ("two@pair", "r", "")],
            id="by an alias of two, each with what it needs",
        ),
        pytest.param(
            "softdep mid pre: one post: two",
            "sctp",
            [
                ("low", "r", ""),
                ("one", "", ""),
                ("mid", "r", ""),
                ("one", "", ""),
                ("two", "", ""),
                ("sctp", "r", ""),
            ],
            id="between its softdeps, which bring what they need",
        ),
        pytest.param(
            "softdep sctp post: two",
            "sctp",
            [*PLAIN, ("one", "", ""), ("two", "", "")],
            id="before a softdep",
        ),
        pytest.param(
            "softdep sctp pre: two\nsoftdep two pre: one post: sctp",
            "sctp",
            [
                *PLAIN[:2],
                ("one", "", ""),
                ("one", "", ""),
                ("two", "", ""),
                ("sctp", "r", ""),
            ],
            id="no softdep goes round",
        ),
        pytest.param(
            "softdep sctp pre: nothing",
            "sctp",
            PLAIN,
            id="a softdep that leads nowhere",
        ),
        pytest.param(
            "softdep low pre: inside",
            "low",
            [("inside", "b", ""), ("low", "r", "")],
            id="a softdep that is built in",
        ),
        pytest.param("", "inside", [("inside", "rb", "")], id="built in"),
        pytest.param(
            "softdep low pre: listed",
            "low",
            [("ghost@listed", "b", ""), ("low", "r", "")],
            id="a softdep that only the aliases of what is built in name",
        ),
        pytest.param(
            "softdep over pre: two",
            "over",
            [("both", "r", ""), ("one", "", ""), ("two", "", ""), ("over", "r", "")],
            id="what is needed stays so beside what a softdep needs",
        ),
        pytest.param(
            "",
            "over",
            [("both", "r", ""), ("over", "r", "")],
            id="what is needed is taken from modules.dep, built in or not",
        ),
        pytest.param(
            "install mid A\ninstall sctp B",
            "sctp",
            [("low", "r", ""), ("mid", "r", "A"), ("sctp", "r", "B")],
            id="commands",
        ),
        pytest.param(
            "install sctp A\nsoftdep sctp post: one",
            "sctp",
            [*PLAIN, ("one", "", "")],
            id="a softdep makes the command void",
        ),
        pytest.param(
            "install sctp A\nsoftdep sctp post: nothing",
            "sctp",
            [*PLAIN[:2], ("sctp", "r", "A")],
            id="one that leads nowhere does not",
        ),
        pytest.param(
            "install n* A\ninstall new B", "new", [("new", "r", "B")], id="by its name"
        ),
        pytest.param(
            "softdep low pre: new\ninstall new A",
            "low",
            [("new", "", "A"), ("low", "r", "")],
            id="a softdep that is a command",
        ),
    ],
)
def test_steps(lines: str, name: str, expected: Steps) -> None:
    """In libkmod's order, with what each step is to do."""
    assert _steps(lines, name) == expected


def test_install_that_is_ignored() -> None:
    """`modprobe -i` ignores the command and the softdeps of what it is called for."""
    lines = "install sctp A\ninstall mid B\nsoftdep sctp pre: one"

    assert _steps(lines, "sctp", ignore_install=True) == [
        ("low", "r", ""),
        ("mid", "r", "B"),
        ("sctp", "r", ""),
    ]


def test_missing_file_of_what_is_needed() -> None:
    """One missing makes libkmod forget all that is needed."""
    assert _steps("", "sctp", tree=LOST) == [("sctp", "r", "")]
    assert _steps("", "two", tree=LOST) == [("one", "r", ""), ("two", "r", "")]
