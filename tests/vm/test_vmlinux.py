"""The kernel in a bzImage, as two compressions pack it, and what is no such file."""

import lzma
import struct

import pytest
import zstandard

from tests.vm.vmlinux import FormatError, unpacked

KERNEL = b"\x7fELF" + bytes(range(256)) * 8


def _image(payload: bytes, *, sectors: int = 3, magic: bytes = b"HdrS") -> bytes:
    """Lay out a file as the kernel's build does."""
    head = bytearray(((sectors or 4) + 1) * 512)
    head[0x1F1] = sectors
    head[0x202:0x206] = magic
    code = b"code that unpacks"
    struct.pack_into("<II", head, 0x248, len(code), len(payload))
    return bytes(head) + code + payload + b"what follows"


@pytest.mark.parametrize("sectors", [3, 0], ids=["counted", "as of old"])
@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(lzma.compress(KERNEL, check=lzma.CHECK_CRC32), id="xz"),
        pytest.param(zstandard.compress(KERNEL), id="zstd"),
    ],
)
def test_kernel_is_taken_out(packed: bytes, sectors: int) -> None:
    """The length that stands behind it is not mistaken for a part of it."""
    length = len(KERNEL).to_bytes(4, "little")
    assert unpacked(_image(packed + length, sectors=sectors)) == KERNEL


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(_image(lzma.compress(KERNEL), magic=b"none"), id="no kernel"),
        pytest.param(_image(b"\x1f\x8b packed by gzip"), id="another compression"),
        pytest.param(_image(lzma.compress(b"MZ")), id="not an ELF file"),
    ],
)
def test_another_file_is_refused(image: bytes) -> None:
    """A machine is not started with what is not a kernel."""
    with pytest.raises(FormatError):
        unpacked(image)
