"""The kernel command line as systemd splits it."""

import pytest

from agent.systemd.arguments import diversion, module_names


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


@pytest.mark.parametrize(
    ("line", "argument"),
    [
        pytest.param("ro quiet", "", id="none"),
        pytest.param("ro emergency", "emergency", id="emergency"),
        pytest.param("ro 1", "1", id="runlevel of one user"),
        pytest.param("systemd.unit=multi-user.target", "", id="the usual target"),
        pytest.param(
            "systemd.unit=amf.target", "systemd.unit=amf.target", id="another target"
        ),
        pytest.param("init=/bin/bash", "init=/bin/bash", id="another program"),
        pytest.param("init=/lib/systemd/systemd", "", id="systemd by its path"),
        pytest.param("init=/nix/store/x/init", "", id="NixOS"),
        pytest.param("init=/sbin/preinit", "", id="Bottlerocket"),
        pytest.param("rd.systemd.unit=x.target", "", id="in the initramfs"),
    ],
)
def test_diversion(line: str, argument: str) -> None:
    """What makes a boot start something else."""
    assert diversion(line) == argument
