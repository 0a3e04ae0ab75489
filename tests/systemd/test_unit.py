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
        ("ExecStop", "/a", ""),
    ],
)
def test_command(key: str, value: str, command: str) -> None:
    """Only what runs when it starts, without the letters that change how."""
    assert unit.command(Setting("Service", key, value, 1)) == command


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
