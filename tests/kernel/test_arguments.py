"""The kernel command line as the kernel splits it."""

import pytest

from agent.findings import Origin
from agent.kernel.arguments import Argument, last, split, value_names


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" ro  quiet ", [("ro", None), ("quiet", None)], id="flags"),
        pytest.param("a-b=c-d", [("a_b", "c-d")], id="dashes in the key"),
        pytest.param("a=b=c", [("a", "b=c")], id="equals in the value"),
        pytest.param("a=", [("a", "")], id="empty value"),
        pytest.param('a="b c" d', [("a", "b c"), ("d", None)], id="quoted value"),
        pytest.param('"a=b c" d', [("a", "b c"), ("d", None)], id="quoted as a whole"),
        pytest.param("a -- b", [("a", None)], id="arguments of init"),
        pytest.param("--=1 b", [("__", "1"), ("b", None)], id="no end"),
    ],
)
def test_split(line: str, expected: list[tuple[str, str | None]]) -> None:
    """Key and value of each argument up to the end of the kernel's own."""
    assert [(a.key, a.value) for a in split(line)] == expected


def test_last_one_counts() -> None:
    """Of several with one key, whatever came before."""
    arguments = tuple(split("module-blacklist=a x module_blacklist=b,c"))

    found = last(arguments, "module_blacklist")

    assert value_names(found) == ("b", "c")
    assert found == Argument("module_blacklist", "b,c", "module_blacklist=b,c")
    assert found.origin == Origin("/proc/cmdline", None, "module_blacklist=b,c")
    assert last(arguments, "y") is None
    assert value_names(None) == value_names(last(arguments, "x")) == ()
