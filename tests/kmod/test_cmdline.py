"""The kernel command line as libkmod splits it."""

import pytest

from agent.kmod.cmdline import directives
from agent.kmod.grammar import Keyword
from agent.names import CMDLINE

BLACKLIST, OPTIONS = Keyword.BLACKLIST, Keyword.OPTIONS


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param("ro quiet root=/dev/sda1", [], id="nothing for kmod"),
        pytest.param(
            "modprobe.blacklist=sctp,xt-sctp",
            [(BLACKLIST, "sctp", ""), (BLACKLIST, "xt-sctp", "")],
            id="blacklist, names as they are",
        ),
        pytest.param(
            "modprobe.blacklist=a=b",
            [(BLACKLIST, "a=b", "")],
            id="blacklist, a name with an equals sign",
        ),
        pytest.param(
            "modprobe.blacklist sctp",
            [(OPTIONS, "modprobe", "blacklist")],
            id="blacklist without a value",
        ),
        pytest.param(
            "sctp.no_checksums=1 x",
            [(OPTIONS, "sctp", "no_checksums=1")],
            id="option of a module",
        ),
        pytest.param(
            "xt-sctp.debug", [(OPTIONS, "xt_sctp", "debug")], id="option without value"
        ),
        pytest.param("a[.x=1", [], id="module with an open bracket"),
        pytest.param("sctp=1.2", [], id="dot in a value"),
        pytest.param("a.b.c=1", [], id="two dots"),
        pytest.param(
            "a.b=1.2=3", [(OPTIONS, "a", "b=1.2=3")], id="dot and equals in a value"
        ),
        pytest.param(
            'a.b="c d" e.f=1',
            [(OPTIONS, "a", 'b="c d"'), (OPTIONS, "e", "f=1")],
            id="quoted value",
        ),
        pytest.param('"a.b=c d"', [(OPTIONS, "a", 'b="c d"')], id="quoted as a whole"),
        pytest.param('a"b".c=1 d.e=2', [(OPTIONS, "d", "e=2")], id="quote in a name"),
        pytest.param('"a b.c=1"', [], id="blank in a quoted name"),
        pytest.param('""a.b=1', [], id="nothing in quotes before a name"),
        pytest.param(
            '"a.b=c=d e"', [(OPTIONS, "a", 'b="c=d e"')], id="two equals in quotes"
        ),
    ],
)
def test_directives(arguments: str, expected: list[tuple[Keyword, str, str]]) -> None:
    """As directives of modprobe.d that stand in /proc/cmdline."""
    found = list(directives(arguments))

    assert [(d.keyword, d.name, d.value) for d in found] == expected
    assert {d.origin.path for d in found} <= {CMDLINE}
    assert all(d.origin.text in arguments for d in found)


@pytest.mark.parametrize(
    ("length", "name"),
    [
        pytest.param(4095, "sctp", id="the last character that libkmod reads"),
        pytest.param(4096, "sct", id="the first that it does not"),
    ],
)
def test_what_is_beyond_the_limit_is_not_read(length: int, name: str) -> None:
    """So much of the command line libkmod reads, and no more."""
    line = "modprobe.blacklist=sctp".rjust(length)

    assert [directive.name for directive in directives(line)] == [name]
