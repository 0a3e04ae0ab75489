"""The header of a kernel's image."""

import pytest

from agent.kernel.image import release

START = bytes(0x202) + b"HdrS" + bytes(8)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        pytest.param(START + b"\x10\0" + b"6.1.92 (b@h) #1\0", "6.1.92", id="bzImage"),
        pytest.param(START + b"\0\0" + b"6.1.92\0", "", id="no version"),
        pytest.param(START + b"\xff\xff" + b"6.1.92\0", "", id="beyond what was read"),
        pytest.param(START + b"\x10\0" + b"none\0", "", id="no release"),
        pytest.param(START + b"\x10", "", id="cut short"),
        pytest.param(b"\x1f\x8b", "", id="another architecture's"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_release(head: bytes, found: str) -> None:
    """The first word of the version, by its offset."""
    assert release(head) == found
