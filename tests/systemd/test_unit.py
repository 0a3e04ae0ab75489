"""Unit files: assignments, and what decides whether a unit does its work."""

import pytest

from agent.systemd import unit
from agent.systemd.mask import masked_by
from agent.systemd.unit import Setting

UNIT = "systemd-modules-load.service"


def test_parse() -> None:
    """Sections, comments, continued lines with comments between them."""
    text = (
        "[Unit]\n# x\nDescription = The\\\n# why\n  AMF\n\n[Service]\n;x\nnothing\n"
        "ExecStart=/a \\\n  b"
    )

    assert [*unit.parse(text)] == [
        Setting("Unit", "Description", "The AMF", 3),
        Setting("Service", "ExecStart", "/a b", 10),
    ]


@pytest.mark.parametrize(
    ("key", "value", "decides"),
    [
        ("ConditionPathExists", "/x", True),
        ("AssertHost", "x", True),
        ("User", "amf", True),
        ("ExecCondition", "/x", True),
        ("ConditionPathExists", "", False),
        ("ConditionCapability", "CAP_SYS_MODULE", False),
        ("ConditionCapability", "CAP_SYS_BOOT", True),
        ("User", "root", False),
        ("Description", "x", False),
    ],
)
def test_decides(key: str, value: str, *, decides: bool) -> None:
    """A condition, another user; an empty value takes it back."""
    assert unit.decides(Setting("Unit", key, value, 1)) == decides


@pytest.mark.parametrize(
    ("key", "value", "command"),
    [
        ("ExecStart", "-/a b", "/a b"),
        ("ExecStartPre", "+!/a", "/a"),
    ],
)
def test_command(key: str, value: str, command: str) -> None:
    """A command without the letters that change how it starts."""
    assert unit.command(Setting("Service", key, value, 1)) == command


def test_commands() -> None:
    """In the order in which they run, without those that were taken back."""
    text = (
        "ExecStop=/z\nExecStartPost=/e\nExecStart=/x\nExecStart=\nExecStart=/c\n"
        "ExecStart=/d\nExecStartPre=/b\nExecCondition=/a\n"
    )
    rows = unit.commands([*unit.parse(text)])

    assert [setting.value for setting in rows] == ["/a", "/b", "/c", "/d", "/e"]


@pytest.mark.parametrize(
    ("value", "fails"),
    [("/a", True), ("-/a", False), ("!-/a", False), ("+/a -b", True)],
)
def test_command_that_may_fail(value: str, *, fails: bool) -> None:
    """A hyphen before the path, among others, makes a failure no harm."""
    assert unit.may_fail(Setting("Service", "ExecStart", value, 1)) == fails


@pytest.mark.parametrize(
    ("name", "text", "pulled", "triggered"),
    [
        ("a.service", "Wants=b.service c.socket\nBindsTo=d.service\n", 3, ()),
        ("a.service", "After=b.service\nWantedBy=c.target\n", 0, ()),
        ("a.timer", "OnBootSec=1\n", 0, ("a.service",)),
        ("a.path", "Unit=b.service\n", 0, ("b.service", "a.service")),
        ("a.service", "OnFailure=b.service\n", 0, ("b.service",)),
    ],
)
def test_dependencies(
    name: str, text: str, pulled: int, triggered: tuple[str, ...]
) -> None:
    """What starts with it, and what it may start later."""
    first, second = unit.dependencies(name, [*unit.parse(text)])

    assert (len(first), second) == (pulled, triggered)


@pytest.mark.parametrize(
    ("line", "argument"),
    [
        pytest.param(f"quiet systemd.mask={UNIT}", f"systemd.mask={UNIT}", id="masked"),
        pytest.param(
            "systemd.mask=systemd-modules-load",
            "systemd.mask=systemd-modules-load",
            id="type left out",
        ),
        pytest.param("systemd.mask=other.service", "", id="another unit"),
        pytest.param(f"rd.systemd.mask={UNIT}", "", id="in the initramfs only"),
        pytest.param("systemd.mask", "", id="nothing named"),
    ],
)
def test_masked_by(line: str, argument: str) -> None:
    """The argument that links the unit to the null device."""
    assert masked_by(line, UNIT) == argument
