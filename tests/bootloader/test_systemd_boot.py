"""systemd-boot's default, and the sections of a unified kernel image."""

import struct

import pytest

from agent.bootloader.entry import Entry
from agent.bootloader.systemd_boot import default_pattern, matching, sections

A, B = (Entry(frozenset(), "/x", "", f"/boot/loader/entries/{n}.conf") for n in "ab")
U = Entry(frozenset(), "/x", "", "/boot/EFI/Linux/Arch.efi")


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("timeout 3\ndefault arch.conf\n", "arch.conf"),
        ("default\ta*\n#default b\n", "a*"),
        ("default\n", ""),
        ("", ""),
    ],
)
def test_default(text: str, pattern: str) -> None:
    """The last line counts, comments do not."""
    assert default_pattern(text) == pattern


@pytest.mark.parametrize(
    ("patterns", "entries"),
    [
        pytest.param("none b a", (B,), id="the first that is there"),
        pytest.param("@saved a", (A, B, U), id="what was chosen last comes first"),
        pytest.param("a.conf", (A,), id="name"),
        pytest.param("a", (A,), id="name without its ending"),
        pytest.param("arch*", (U,), id="pattern, whatever its case"),
        pytest.param("none", (A, B, U), id="name of nothing"),
        pytest.param("@saved", (A, B, U), id="what the firmware knows"),
        pytest.param("", (A, B, U), id="no default"),
    ],
)
def test_matching(patterns: str, entries: tuple[Entry, ...]) -> None:
    """What is not decided by a file leaves all of them."""
    assert matching(patterns.split(" "), (A, B, U)) == entries


def image(texts: dict[str, bytes]) -> bytes:
    """Return a PE file with these sections and nothing else."""
    count, start = len(texts), 0x40
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", start)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, count, 0, 0, 0, 0, 0)
    at = len(head) + 40 * count
    table, data = b"", b""
    for name, text in texts.items():
        offset = at + len(data)
        raw = struct.pack("<8sIIII", name.encode(), len(text), 0, len(text), offset)
        table += raw.ljust(40, b"\0")
        data += text
    return head + table + data


def test_sections() -> None:
    """Each section's text is where the table says."""
    data = image({".cmdline": b"ro quiet", ".uname": b"6.1.0"})
    found = sections(data)

    assert [*found] == [".cmdline", ".uname"]
    offset, size = found[".cmdline"]
    assert data[offset : offset + size] == b"ro quiet"


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ", b"\x7fELF" + bytes(99), b"MZ" + bytes(99), image({"x": b""})[:0x50]],
    ids=["nothing", "short", "ELF", "no PE", "cut in its header"],
)
def test_no_image(data: bytes) -> None:
    """What is no PE file has no sections."""
    assert sections(data) == {}


def test_table_that_is_cut() -> None:
    """What is missing of the table is not invented."""
    assert [*sections(image({"a": b"1", "b": b"2"})[: 0x40 + 24 + 60])] == ["a"]
