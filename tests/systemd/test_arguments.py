"""The kernel command line as systemd splits it."""

import pytest

from agent.systemd.arguments import module_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("ro quiet", []),
        ("modules_load=a,b", ["a", "b"]),
        ("modules-load=a modules_load=b,a,,", ["a", "b"]),
        ("modules_load", []),
        ("rd.modules_load=a", []),
        ("-- modules_load=a", ["a"]),
        ("'modules_load=a'", ["a"]),
        ('modules_load="a,b c"', ["a", "b c"]),
        ("mod'ules_'load=a", ["a"]),
        ("x '' modules_load=a", ["a"]),
        ("modules_load='a", ["a"]),
        ("\tmodules_load=a\n", ["a"]),
    ],
    ids=repr,
)
def test_names(line: str, names: list[str]) -> None:
    """Both kinds of quotes count; each name once."""
    assert [entry.name for entry in module_names(line)] == names
