"""A request for a module, followed through a configuration and a module tree."""

from dataclasses import replace

import pytest

from agent.findings import Cause, Reason
from agent.kmod.config import ConfigFile, build
from agent.kmod.insert import KernelPolicy
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health, StaticTree, TreeModule

CHAIN = {"lib": (), "mid": ("lib",), "sctp": ("mid", "lib"), "soft": ()}
TREE = StaticTree(
    modules={n: TreeModule(n, f"/{n}.ko", needs) for n, needs in CHAIN.items()},
    alias_table={"net_pf": ("sctp",), "many": ("soft", "sctp")},
    symbol_table={"symbol:hook": ("soft",)},
    builtin_names=frozenset({"inside"}),
    builtin_alias_table={"inner": ("inside",)},
)
ALL = {"lib", "mid", "sctp"}
PERMISSIVE = KernelPolicy()


def _loader(
    lines: str,
    *,
    version: int = 30,
    tree: StaticTree = TREE,
    kernel: KernelPolicy = PERMISSIVE,
) -> Loader:
    rules = KmodRules(version)
    config = build([ConfigFile("/x", "x", lines.encode())], "", rules)
    return Loader(config, tree, kernel, rules)


@pytest.mark.parametrize(
    ("lines", "name", "loaded"),
    [
        pytest.param("", "sctp", ALL, id="with what it needs"),
        pytest.param("", "net-pf", ALL, id="by alias, spelled with a dash"),
        pytest.param("", "many", {"soft", *ALL}, id="by an alias of several"),
        pytest.param("", "symbol:hook", {"soft"}, id="by symbol"),
        pytest.param("", "nothing", set(), id="unknown name"),
        pytest.param("", "a[b", set(), id="unbalanced bracket"),
        pytest.param("", "inside", set(), id="built in"),
        pytest.param("", "inner", set(), id="alias of one that is built in"),
        pytest.param("blacklist sctp", "sctp", ALL, id="blacklist, asked by name"),
        pytest.param("blacklist sctp", "net-pf", set(), id="blacklist, by alias"),
        pytest.param("blacklist lib", "net-pf", ALL, id="blacklisted dependency"),
        pytest.param("alias a sctp\nalias a soft", "a", {"soft", *ALL}, id="two lines"),
        pytest.param("alias a off\nalias a sctp", "a", ALL, id="one leads nowhere"),
        pytest.param("alias a b\nalias b sctp", "a", set(), id="no alias of an alias"),
        pytest.param("remove a x", "a", set(), id="name known by a remove line"),
        pytest.param("install a modprobe -i sctp", "a", ALL, id="hands on"),
        pytest.param(
            "install sctp modprobe -i soft",
            "sctp",
            {"lib", "mid", "soft"},
            id="hands on another one",
        ),
        pytest.param(
            "softdep sctp pre: soft post: nothing", "sctp", {"soft", *ALL}, id="softdep"
        ),
        pytest.param(
            "softdep lib pre: sctp", "sctp", ALL, id="softdep that goes round"
        ),
        pytest.param(
            "softdep sctp pre: inside\ninstall sctp false",
            "sctp",
            ALL,
            id="softdep on one that is built in",
        ),
    ],
)
def test_loaded(lines: str, name: str, loaded: set[str]) -> None:
    """What is in the kernel after the request."""
    loader = _loader(lines)
    loader.request(name)

    assert loader.loaded == loaded


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        pytest.param("install sctp true", {Reason.INSTALL_OVERRIDE}, id="own"),
        pytest.param("install mid false", {Reason.DEPENDENCY_OVERRIDDEN}, id="needed"),
        pytest.param(
            "softdep sctp pre: soft\ninstall soft false", set(), id="softdep's failure"
        ),
        pytest.param(
            "install sctp modprobe -i soft",
            {Reason.INSTALL_OVERRIDE},
            id="another one in its place",
        ),
    ],
)
def test_causes(lines: str, reasons: set[Reason]) -> None:
    """Why it was not loaded: the lines that matter, and no others."""
    loader = _loader(lines)
    loader.request("sctp")

    assert {cause.reason for cause in loader.causes} == reasons
    assert ("sctp" in loader.loaded) != bool(reasons)


def test_module_that_is_loaded_is_not_refused() -> None:
    """The blacklist keeps an alias from loading it, not from finding it there."""
    loader = _loader("blacklist sctp")
    loader.request("sctp")

    assert loader.request("net-pf") == {"sctp"}
    assert loader.causes == []


@pytest.mark.parametrize(
    ("programs", "reason"),
    [
        pytest.param({"gone": False}, Reason.INSTALL_OVERRIDE, id="known not to be"),
        pytest.param({}, Reason.INSTALL_COMMAND_OPAQUE, id="not known"),
    ],
)
def test_program_of_a_command(programs: dict[str, bool], reason: Reason) -> None:
    """One that the node does not have fails; of another only running it would tell."""
    loader = replace(_loader("install sctp gone"), programs=programs)
    loader.request("sctp")

    assert [cause.reason for cause in loader.causes] == [reason]


def test_missing_file_makes_libkmod_forget_all_that_is_needed() -> None:
    """Not one of the modules that sctp needs is loaded, though only one is missing."""
    tree = replace(TREE, damaged={"/mid.ko": Health.MISSING})
    loader = _loader("", tree=tree)
    loader.request("sctp")

    assert loader.loaded == set()
    assert [cause.reason for cause in loader.causes] == [Reason.DEPENDENCY_MISSING]


@pytest.mark.parametrize(
    ("command", "causes"),
    [
        pytest.param("false", 1, id="fails, and modprobe stops there"),
        pytest.param("true", 2, id="succeeds, and modprobe goes on to the next"),
    ],
)
def test_command_in_place_of_what_is_needed(command: str, causes: int) -> None:
    """What else is tried depends on whether the command fails."""
    loader = _loader(f"install lib {command}")
    loader.request("sctp")

    assert loader.loaded == set()
    assert [cause.reason for cause in loader.causes] == (
        [Reason.DEPENDENCY_OVERRIDDEN] * causes
    )


def test_command_that_hands_on_to_modprobe() -> None:
    """`modprobe -i` of the module itself loads it, and nothing is in the way."""
    loader = _loader("install sctp /sbin/modprobe -i sctp $CMDLINE_OPTS")
    loader.request("sctp")

    assert loader.loaded == ALL
    assert loader.causes == []


@pytest.mark.parametrize(
    ("length", "followed"),
    [
        pytest.param(8, True, id="as far as is followed"),
        pytest.param(9, False, id="one further"),
    ],
)
def test_commands_within_commands(length: int, *, followed: bool) -> None:
    """Each loads a module that needs one with a command, so many levels down."""
    modules: dict[str, TreeModule] = {}
    lines = ""
    for level in range(length):
        needs = (f"m{level + 1}",) if level + 1 < length else ()
        modules[f"m{level}"] = TreeModule(f"m{level}", f"/m{level}.ko")
        modules[f"n{level}"] = TreeModule(f"n{level}", f"/n{level}.ko", needs)
        lines += f"install m{level} modprobe -i n{level}\n"
    loader = _loader(lines, tree=StaticTree(modules=modules))
    loader.request("m0")

    assert (f"n{length - 1}" in loader.loaded) is followed


@pytest.mark.parametrize(
    ("lines", "name", "loaded", "reasons"),
    [
        pytest.param("blacklist inside", "inside", set(), [], id="built in"),
        pytest.param(
            "alias m inside\nalias m sctp", "m", ALL, [], id="one of two is built in"
        ),
        pytest.param(
            "alias m sctp\nalias m soft\nblacklist sctp",
            "m",
            {"soft"},
            [Reason.BLACKLISTED],
            id="one of two is denied",
        ),
        pytest.param(
            "install lib sh -c x\nsoftdep sctp pre: soft\ninstall soft false",
            "sctp",
            set(),
            [Reason.INSTALL_COMMAND_OPAQUE] * 3,
            id="a softdep that fails after an open question",
        ),
        pytest.param(
            "options net-pf no_checksums=banana", "sctp", ALL, [], id="other options"
        ),
        pytest.param(
            "options net-pf no_checksums=banana",
            "net-pf",
            set(),
            [Reason.BAD_MODULE_OPTION],
            id="options of the alias",
        ),
        pytest.param(
            "alias m gone", "m", set(), [Reason.ALIAS_DIVERTED], id="a line to nowhere"
        ),
        pytest.param(
            "", "ghost", set(), [Reason.MODULE_MISSING], id="an index to nowhere"
        ),
        pytest.param(
            "alias m cut",
            "m",
            set(),
            [Reason.DEPENDENCY_DAMAGED],
            id="to a ruin",
        ),
    ],
)
def test_blacklist_options_and_aliases(
    lines: str, name: str, loaded: set[str], reasons: list[Reason]
) -> None:
    """What counts by name, and what only on the way by which it was asked for."""
    tree = replace(
        TREE,
        modules={**TREE.modules, "cut": TreeModule("cut", "/cut.ko")},
        alias_table={**TREE.alias_table, "ghost": ("gone",)},
        damaged={"/cut.ko": Health.DAMAGED},
    )
    loader = _loader(lines, tree=tree)
    loader.request(name, blacklist=True)

    assert loader.loaded - {"lib", "mid"} == loaded - {"lib", "mid"}
    assert [cause.reason for cause in loader.causes] == reasons


def test_what_is_loaded_is_not_looked_at_again() -> None:
    """A file that was damaged since does no harm."""
    loader = _loader("", tree=replace(TREE, damaged={"/lib.ko": Health.DAMAGED}))
    loader.loaded |= {"lib"}
    loader.request("sctp")

    assert loader.loaded == ALL
    assert loader.causes == []


def test_maybe_that_becomes_certain() -> None:
    """What is loaded for certain is no open question any more."""
    loader = _loader("install sctp sh -c x")
    loader.request("sctp")
    assert loader.maybe == {"sctp"}

    loader.request("sctp", ignore_install=True)
    assert "sctp" in loader.loaded
    assert loader.maybe == set()


def test_fork_leaves_no_trace_where_it_began() -> None:
    """What another request would load, and why not, is asked without an answer."""
    loader = _loader("install soft sh -c x")
    loader.loaded |= {"lib"}
    loader.maybe |= {"other"}
    loader.causes += [Cause(Reason.BLACKLISTED, "earlier")]

    fork = loader.fork()
    assert (fork.loaded, fork.maybe, fork.causes) == ({"lib"}, {"other"}, [])

    fork.request("many")
    assert (fork.loaded, fork.maybe) == (ALL, {"other", "soft"})
    assert fork.causes
    assert (loader.loaded, loader.maybe) == ({"lib"}, {"other"})
    assert [cause.reason for cause in loader.causes] == [Reason.BLACKLISTED]


def test_failure_of_sctp_as_a_softdep_is_told() -> None:
    """What merely accompanies another module fails in silence, but not sctp."""
    loader = _loader("softdep soft post: sctp\ninstall sctp false")
    loader.request("soft")

    assert loader.loaded == {"soft", "mid", "lib"}
    assert [cause.reason for cause in loader.causes] == [Reason.INSTALL_OVERRIDE]


@pytest.mark.timeout(300)
def test_commands_that_call_each_other_end() -> None:
    """A circle of install lines is followed so far and no further."""
    loader = _loader(
        "install soft modprobe -i a\ninstall a modprobe -i b\ninstall b modprobe -i a\n"
    )

    loader.request("soft")

    assert "soft" not in loader.loaded


@pytest.mark.parametrize(
    ("version", "found"),
    [(25, True), (28, False), (29, False), (30, True)],
)
def test_built_in_name(version: int, *, found: bool) -> None:
    """Only kmod 27 to 29 ask for the alias first, and do not go on to the name."""
    assert bool(_loader("", version=version).lookup("inside")) == found


@pytest.mark.parametrize(
    ("value", "certain"),
    [
        ("1", None),
        ("yes", None),
        ("N", None),
        ("on", None),
        ("oFF", None),
        ('"1"', None),
        ("t", False),
        ("false", False),
        ("o", True),
        ("banana", True),
        ("2", True),
        ("", True),
    ],
)
def test_boolean_option(value: str, certain: bool | None) -> None:  # noqa: FBT001
    """What kstrtobool takes; newer kernels take more, so that is not certain."""
    loader = _loader(f"options sctp no-checksums={value} other")
    loader.request("sctp")

    assert [c.reason for c in loader.causes] == (
        [] if certain is None else [Reason.BAD_MODULE_OPTION]
    )
    assert ("sctp" in loader.loaded) == (certain is None)
    assert ("sctp" in loader.maybe) == (certain is False)


@pytest.mark.parametrize(
    ("kernel", "health", "reason", "certain"),
    [
        pytest.param(KernelPolicy(), Health.GOOD, None, True, id="good"),
        pytest.param(KernelPolicy(), Health.UNSIGNED, None, True, id="unsigned"),
        pytest.param(
            KernelPolicy(),
            Health.DAMAGED,
            Reason.DEPENDENCY_DAMAGED,
            True,
            id="damaged",
        ),
        pytest.param(
            KernelPolicy(),
            Health.UNKNOWN,
            Reason.FACT_UNREADABLE,
            False,
            id="unreadable",
        ),
        pytest.param(
            KernelPolicy(blacklist=("mid",)),
            Health.GOOD,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            True,
            id="denied",
        ),
        pytest.param(
            KernelPolicy(modules_disabled=True),
            Health.GOOD,
            Reason.MODULES_DISABLED,
            True,
            id="locked",
        ),
        pytest.param(
            KernelPolicy(modules_disabled=None),
            Health.GOOD,
            Reason.FACT_UNREADABLE,
            False,
            id="lock not known",
        ),
        pytest.param(
            KernelPolicy(signatures_enforced=True),
            Health.UNSIGNED,
            Reason.SIGNATURE_REQUIRED,
            True,
            id="signature enforced",
        ),
        pytest.param(
            KernelPolicy(signatures_enforced=None),
            Health.UNSIGNED,
            Reason.FACT_UNREADABLE,
            False,
            id="enforcement not known",
        ),
    ],
)
def test_dependency_in_the_kernel(
    *, kernel: KernelPolicy, health: Health, reason: Reason | None, certain: bool
) -> None:
    """What the kernel says to a module that sctp needs decides over sctp."""
    tree = StaticTree(modules=TREE.modules, damaged={"/mid.ko": health})
    loader = _loader("", tree=tree, kernel=kernel)
    loader.request("sctp")

    reasons = {cause.reason for cause in loader.causes}
    assert reason in reasons or not reasons
    assert ("sctp" in loader.loaded) == (reason is None)
    assert ("sctp" in loader.maybe) == (reason is not None and not certain)
