"""The state of a module file: whole, truncated, signed, compressed, or a bomb."""

import gzip
import lzma
import mmap
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from agent.hostfs.host import Host
from agent.kmod.tree import Health
from agent.sources import cache
from agent.sources.cache import Memory
from agent.sources.module_file import inspect
from tests.nodes import elf

SIGNED, UNSIGNED = elf(), elf(signed=False)
BIG = bytearray(UNSIGNED.ljust(200_000, b"\0"))  # more than is read at a time
# The section headers' place, as for 32 bits and for big endian.
ELF32 = bytearray(128)
ELF32[:6] = b"\x7fELF\x01\x01"
struct.pack_into("<I", ELF32, 0x20, 64)
struct.pack_into("<HH", ELF32, 0x2E, 64, 1)
BIG_ENDIAN = bytearray(128)
BIG_ENDIAN[:6] = b"\x7fELF\x02\x02"
struct.pack_into(">Q", BIG_ENDIAN, 0x28, 64)
struct.pack_into(">HH", BIG_ENDIAN, 0x3A, 64, 1)

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".ko": bytes,
    ".ko.gz": gzip.compress,
    ".ko.xz": lambda data: lzma.compress(data, check=lzma.CHECK_CRC32, preset=0),
    ".ko.zst": zstandard.compress,
}


def _inspect(folder: Path, name: str, data: bytes) -> Health:
    (folder / name).write_bytes(data)
    return inspect(Host(str(folder), live=False), f"/{name}", Memory())


@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize(
    ("data", "health"),
    [
        pytest.param(SIGNED, Health.GOOD, id="signed"),
        pytest.param(UNSIGNED, Health.UNSIGNED, id="unsigned"),
        pytest.param(BIG, Health.UNSIGNED, id="big"),
        pytest.param(BIG + SIGNED[-28:], Health.GOOD, id="big and signed"),
        pytest.param(UNSIGNED[:-1], Health.DAMAGED, id="without its last byte"),
        pytest.param(UNSIGNED[:20], Health.DAMAGED, id="without its header's end"),
        pytest.param(b"", Health.DAMAGED, id="empty"),
        pytest.param(b"#!/bin/sh\n" * 20, Health.DAMAGED, id="something else"),
        pytest.param(b"\x7fELF\2\3" + bytes(90), Health.DAMAGED, id="no byte order"),
        pytest.param(ELF32, Health.UNSIGNED, id="32 bits"),
        pytest.param(ELF32[:-1], Health.DAMAGED, id="32 bits, truncated"),
        pytest.param(BIG_ENDIAN, Health.UNSIGNED, id="big endian"),
        pytest.param(BIG_ENDIAN[:-1], Health.DAMAGED, id="big endian, truncated"),
    ],
)
def test_health(tmp_path: Path, ending: str, data: bytes, health: Health) -> None:
    """The same module means the same in every compression."""
    packed = COMPRESS[ending](bytes(data))

    assert _inspect(tmp_path, f"sctp{ending}", packed) == health


@pytest.mark.parametrize("ending", [".ko.gz", ".ko.xz", ".ko.zst"])
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda packed: packed[:-4], id="cut off"),
        pytest.param(lambda packed: packed[:3], id="only the start"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda packed: b"\0" + packed, id="of another kind"),
    ],
)
def test_damaged_compression(
    tmp_path: Path, ending: str, spoil: Callable[[bytes], bytes]
) -> None:
    """What cannot be unpacked to its end is damaged, as it is to the kernel."""
    packed = spoil(COMPRESS[ending](bytes(BIG)))

    assert _inspect(tmp_path, f"sctp{ending}", packed) == Health.DAMAGED


@pytest.mark.parametrize("ending", COMPRESS)
def test_bomb_ends(tmp_path: Path, ending: str) -> None:
    """A file that unpacks to more than any module is given up, not held in memory."""
    path = tmp_path / f"sctp{ending}"
    if ending == ".ko":
        with path.open("wb") as file:
            file.truncate(1 << 30)
    else:
        path.write_bytes(COMPRESS[ending](bytes(1 << 27)))

    health = inspect(Host(str(tmp_path), live=False), f"/{path.name}", Memory())

    assert health == Health.UNKNOWN


def test_other_states(tmp_path: Path) -> None:
    """No file, no regular file, and a compression that is not known."""
    (tmp_path / "folder.ko").mkdir()
    (tmp_path / "loop.ko").symlink_to("loop.ko")
    (tmp_path / "sctp.ko.lz4").write_bytes(SIGNED)
    host = Host(str(tmp_path), live=False)

    assert inspect(host, "/none.ko", Memory()) == Health.MISSING
    assert inspect(host, "/folder.ko", Memory()) == Health.DAMAGED
    assert inspect(host, "/loop.ko", Memory()) == Health.MISSING
    assert inspect(host, "/sctp.ko.lz4", Memory()) == Health.UNKNOWN


def test_file_is_read_again_only_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered belongs to this content of this file."""
    monkeypatch.setattr(cache, "_SETTLING", 0)
    path = tmp_path / "sctp.ko"
    path.write_bytes(SIGNED)
    host, memory = Host(str(tmp_path), live=False), Memory()
    assert inspect(host, "/sctp.ko", memory) == Health.GOOD

    identity, _ = memory.health["/sctp.ko"]
    memory.health["/sctp.ko"] = (identity, Health.UNSIGNED)
    assert inspect(host, "/sctp.ko", memory) == Health.UNSIGNED

    path.write_bytes(SIGNED[:10])
    assert inspect(host, "/sctp.ko", memory) == Health.DAMAGED


def test_file_is_read_again_while_it_may_be_written(tmp_path: Path) -> None:
    """A file system's clock is coarse: two contents in one moment look the same."""
    path = tmp_path / "sctp.ko"
    path.write_bytes(SIGNED)
    host, memory = Host(str(tmp_path), live=False), Memory()
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        content[:4] = b"half"
        assert inspect(host, "/sctp.ko", memory) == Health.DAMAGED
        content[:4] = SIGNED[:4]  # of this the kernel notes no time until it is on disk
        assert inspect(host, "/sctp.ko", memory) == Health.GOOD
