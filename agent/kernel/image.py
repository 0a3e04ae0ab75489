"""The release of a kernel by the first bytes of its image.

Source: the kernel's Documentation/arch/x86/boot.rst (`kernel_version` of the header).
Other architectures' images do not say.
"""

import struct

HEAD = 1 << 16  # bytes: all of what comes before the kernel itself
_MAGIC, _MAGIC_AT = b"HdrS", 0x202
_VERSION_AT = 0x20E  # a 16-bit offset, less 0x200
_START = 0x200


def release(head: bytes) -> str:
    """Return the release that the image beginning with *head* names, "" for none."""
    if head[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] != _MAGIC:
        return ""
    if len(head) < _VERSION_AT + 2:
        return ""
    (offset,) = struct.unpack_from("<H", head, _VERSION_AT)
    text = head[_START + offset :].partition(b"\0")[0] if offset else b""
    words = text.decode("ascii", "replace").split()
    return words[0] if words and words[0][:1].isdigit() else ""
