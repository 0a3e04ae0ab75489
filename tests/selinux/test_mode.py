"""The mode after a boot, by configuration and arguments."""

import pytest

from agent.kernel.arguments import split
from agent.selinux.mode import Mode, configured_mode, mode_in, switched_off_by, type_in


@pytest.mark.parametrize(
    ("setting", "arguments", "mode"),
    [
        pytest.param("enforcing", "", Mode.ENFORCING, id="enforcing"),
        pytest.param("permissive", "", Mode.PERMISSIVE, id="permissive"),
        pytest.param("disabled", "", Mode.OFF, id="disabled"),
        pytest.param("", "", Mode.UNKNOWN, id="no setting"),
        pytest.param("yes", "", Mode.UNKNOWN, id="no word that counts"),
        pytest.param("Enforcing", "", Mode.ENFORCING, id="in any case"),
        pytest.param("DISABLED", "", Mode.OFF, id="disabled in any case"),
        pytest.param("enforcing", "enforcing=0", Mode.PERMISSIVE, id="argument 0"),
        pytest.param("permissive", "enforcing=1", Mode.ENFORCING, id="argument 1"),
        pytest.param("", "enforcing=1", Mode.ENFORCING, id="argument alone"),
        pytest.param("disabled", "enforcing=1", Mode.OFF, id="disabled stays"),
        pytest.param("enforcing", "enforcing", Mode.ENFORCING, id="without a value"),
        pytest.param(
            "enforcing", "enforcing=0 enforcing=1", Mode.PERMISSIVE, id="the first"
        ),
        pytest.param("enforcing", "enforcing=", Mode.PERMISSIVE, id="no number is 0"),
        pytest.param("enforcing", "enforcing=-1", Mode.ENFORCING, id="below 0 is none"),
        pytest.param("permissive", "enforcing=01", Mode.ENFORCING, id="a number"),
        pytest.param("enforcing", "selinux=0", Mode.OFF, id="switched off"),
        pytest.param("permissive", "selinux=1", Mode.PERMISSIVE, id="switched on"),
        pytest.param("enforcing", "selinux=0 enforcing=1", Mode.OFF, id="off for all"),
        pytest.param("enforcing", "security=apparmor", Mode.OFF, id="another module"),
        pytest.param("enforcing", "security=selinux", Mode.ENFORCING, id="this one"),
        pytest.param("enforcing", "lsm=yama,bpf", Mode.OFF, id="not in the list"),
        pytest.param(
            "enforcing",
            "lsm=yama,selinux security=apparmor",
            Mode.ENFORCING,
            id="the list overrules the choice",
        ),
    ],
)
def test_mode(setting: str, arguments: str, mode: Mode) -> None:
    """What the kernel and libselinux make of both."""
    assert configured_mode(setting, tuple(split(arguments))) == mode


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        pytest.param("# x\nSELINUX=enforcing\n", "enforcing", id="one line"),
        pytest.param("SELINUX=\tDisabled # x", "disabled", id="blanks after the ="),
        pytest.param(
            "SELINUX=permissive\nSELINUX=enforcing\n", "permissive", id="the first"
        ),
        pytest.param(
            "SELINUX=on\nSELINUX=permissive\n", "permissive", id="the first with a mode"
        ),
        pytest.param(
            " SELINUX=permissive\nSELINUX=enforcing\n", "enforcing", id="indented"
        ),
        pytest.param(
            "SELINUX = permissive\nSELINUX=enforcing\n", "enforcing", id="a blank first"
        ),
        pytest.param("SELINUXTYPE=targeted\n", "permissive", id="no line at all"),
        pytest.param("SELINUX=yes\n", "permissive", id="no line with a mode"),
        pytest.param("", "", id="no file"),
    ],
)
def test_mode_of_a_configuration(text: str, mode: str) -> None:
    """As libselinux reads it: without a mode the policy is loaded, not enforced."""
    assert mode_in(text) == mode


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELINUXTYPE=mls\n", "mls"),
        ("  selinuxtype= minimum \r\n", "minimum"),
        ("SELINUXTYPE=mls\nSELINUXTYPE=targeted\n", "targeted"),
        ("#SELINUXTYPE=mls\n", "targeted"),
        ("SELINUXTYPE=\n", "targeted"),
    ],
)
def test_policy_of_a_configuration(text: str, name: str) -> None:
    """The last line counts, indented or not, in any case."""
    assert type_in(text) == name


def test_argument_that_switches_off_is_named() -> None:
    """The one that counts, as it stands on the command line."""
    found = switched_off_by(tuple(split("quiet security=apparmor ro")))

    assert found is not None
    assert found.text == "security=apparmor"
