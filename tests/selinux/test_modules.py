"""Modules of an administrator: which may let containers do more."""

import bz2

import pytest

from agent.selinux.modules import is_local, may_loosen

HARMLESS = b"(allow a_t b_t (file (read)))\n"
ALLOWS = b"(allow container_t kernel_t (system (module_request)))\n"
PERMISSIVE = b"(typepermissive container_t)\n"


@pytest.mark.parametrize(
    ("cil", "loosens"),
    [
        pytest.param(HARMLESS, False, id="another rule"),
        pytest.param(b"", False, id="empty"),
        pytest.param(ALLOWS, True, id="the permission"),
        pytest.param(PERMISSIVE, True, id="a permissive domain"),
        pytest.param(bz2.compress(HARMLESS), False, id="packed"),
        pytest.param(bz2.compress(HARMLESS + ALLOWS), True, id="packed permission"),
        pytest.param(bz2.compress(HARMLESS)[:-9], True, id="packed and cut off"),
        pytest.param(b"BZh9 no archive", True, id="damaged"),
        pytest.param(bz2.compress(bytes(1 << 22)), True, id="too large unpacked"),
    ],
)
def test_module(cil: bytes, *, loosens: bool) -> None:
    """What is not understood may do it."""
    assert may_loosen(cil) is loosens


@pytest.mark.parametrize(
    ("priority", "local"),
    [("100", False), ("200", False), ("400", True), ("disabled", False)],
)
def test_priority(priority: str, *, local: bool) -> None:
    """Packages stay at 100 and 200, `semodule -i` takes 400."""
    assert is_local(priority) is local
