"""What libkmod knows after reading its files: which line wins, and which all count."""

import pytest

from agent.findings import Origin
from agent.kmod.config import ConfigFile, ModprobeConfig, build, origins
from agent.kmod.rules import KmodRules

RULES = KmodRules(30)


def _read(lines: str, arguments: str = "") -> ModprobeConfig:
    return build([ConfigFile("/x", "x", lines.encode())], arguments, RULES)


def test_files_are_read_by_their_names_bytes_then_the_command_line() -> None:
    """Upper case before lower, and what is no ASCII last, whatever the folder."""
    names = ("b.conf", "a.conf", "B.conf", "\udcff.conf", "10.conf", "9.conf")
    files = [
        ConfigFile(f"/{at}/{name}", name, b"blacklist sctp\nnonsense\n")
        for at, name in enumerate(names)
    ]
    config = build(files, "modprobe.blacklist=sctp", RULES)
    paths = ["/4/10.conf", "/5/9.conf", "/2/B.conf", "/1/a.conf", "/0/b.conf"]
    paths.append("/3/\udcff.conf")

    found = [origin.path for origin in origins(config.blacklisted("sctp"))]
    assert found == [*paths, "/proc/cmdline"]
    assert [line.origin for line in config.bad_lines] == [
        Origin(path, 2, "nonsense") for path in paths
    ]


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        pytest.param(
            "blacklist sctp\nblacklist dccp\nblacklist sctp", [1, 3], id="all"
        ),
        pytest.param("blacklist sct*\nblacklist [s]ctp", [], id="no patterns"),
        pytest.param("install sctp x\nalias sctp x", [], id="no other directives"),
    ],
)
def test_blacklist(lines: str, numbers: list[int]) -> None:
    """Every line of exactly this name."""
    found = origins(_read(lines).blacklisted("sctp"))

    assert [origin.line for origin in found] == numbers


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        pytest.param("install sctp a\ninstall sctp b", "a", id="the first"),
        pytest.param("install s* a\ninstall sctp b", "a", id="the first pattern"),
        pytest.param("install dccp a\ninstall sctp b", "b", id="of this name"),
        pytest.param("remove sctp a", None, id="none"),
    ],
)
def test_install(lines: str, value: str | None) -> None:
    """The first line whose pattern matches wins."""
    found = _read(lines).install("sctp")

    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("lines", "install", "remove"),
    [
        pytest.param("install sctp a\nremove sctp b", "a", "b", id="each of its own"),
        pytest.param("install s* a\nremove s* b", None, None, id="no patterns"),
        pytest.param("install sctp a\ninstall sctp b", "a", None, id="the first"),
        pytest.param("remove sctp a\nremove sctp b", None, "a", id="the first remove"),
    ],
)
def test_exact_names(lines: str, install: str | None, remove: str | None) -> None:
    """As a name that is asked for, a pattern is just a name."""
    config = _read(lines)
    found = (config.install_named("sctp"), config.remove_named("sctp"))

    assert tuple(each.value if each else None for each in found) == (install, remove)


def test_aliases() -> None:
    """Every pattern that matches, in their order."""
    config = _read("alias net-pf-* a\nalias net-pf-2 b\nalias net-pf-3 c\n")

    assert [line.value for line in config.aliases("net_pf_2")] == ["a", "b"]


@pytest.mark.parametrize(
    ("alias", "values"),
    [
        pytest.param("other", ["a=1", "b=2", "c=3"], id="of the alias as well"),
        pytest.param(None, ["a=1", "c=3"], id="asked for by name"),
    ],
)
def test_options(alias: str | None, values: list[str]) -> None:
    """They add up: those of the module, and of the name that led to it."""
    lines = "options sctp a=1\noptions other b=2\noptions sctp c=3\noptions s* d=4\n"
    arguments = "dccp.x=1"

    found = _read(lines, arguments).options("sctp", alias)
    assert [line.value for line in found] == values


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("", ((), ()), id="none"),
        pytest.param(
            "softdep sctp pre: a post: b\nsoftdep sctp pre: c",
            (("a",), ("b",)),
            id="one",
        ),
        pytest.param("softdep s* post: a", ((), ("a",)), id="by a pattern"),
        pytest.param("softdep dccp pre: a", ((), ()), id="of another"),
    ],
)
def test_softdeps(
    lines: str, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    """Only the first line counts."""
    assert _read(lines).softdeps("sctp") == expected
