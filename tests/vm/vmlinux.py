"""Takes the kernel itself out of the file that a boot loader starts (bzImage).

That file unpacks itself first, which takes an emulated processor seconds. QEMU starts
an ELF file with a PVH note directly. The fields are those of Linux's
Documentation/arch/x86/boot.rst.
"""

import lzma
import struct

import zstandard

SECTOR = 512
SETUP_SECTORS, MAGIC, PAYLOAD = 0x1F1, 0x202, 0x248
XZ, ZSTD, ELF = b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x7fELF"


class FormatError(ValueError):
    """The file is no kernel, or packed in a way that is not known here."""


def unpacked(image: bytes) -> bytes:
    """Return the ELF file that is packed in *image*."""
    if image[MAGIC : MAGIC + 4] != b"HdrS":
        raise FormatError("no Linux kernel")
    # Zero stands for four sectors.
    setup = ((image[SETUP_SECTORS] or 4) + 1) * SECTOR
    offset, length = struct.unpack_from("<II", image, PAYLOAD)
    kernel = _decompressed(image[setup + offset : setup + offset + length])
    if not kernel.startswith(ELF):
        raise FormatError("no ELF file is packed in the kernel")
    return kernel


def _decompressed(payload: bytes) -> bytes:
    # Four bytes follow, which tell the length: both leave them alone.
    if payload.startswith(XZ):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(ZSTD):
        return zstandard.ZstdDecompressor().decompressobj().decompress(payload)
    raise FormatError("the kernel is packed in an unknown way")
