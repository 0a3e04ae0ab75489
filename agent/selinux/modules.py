"""Modules of a policy's store: could one let containers do more than is shipped?"""

_LIMIT = 1 << 22
_MAGIC = b"BZh"
#: What grants the permission, and what makes the denials of a domain void.
_WORDS = (b"module_request", b"typepermissive")
_SHIPPED = 200  # the highest priority that packages install modules with


def is_local(priority: str) -> bool:
    """Tell whether modules of this *priority* are an administrator's (400 mostly)."""
    return priority.isdecimal() and int(priority) > _SHIPPED


def may_loosen(cil: bytes) -> bool:
    """Tell whether a module, in CIL and perhaps packed, has such a rule.

    What cannot be unpacked may have one.
    """
    try:
        text = _unpack(cil)
    except (OSError, EOFError):
        return True
    return len(text) >= _LIMIT or any(word in text for word in _WORDS)


def _unpack(data: bytes) -> bytes:
    if not data.startswith(_MAGIC):
        return data
    import bz2  # rare, and 0.2 MB

    unpacker = bz2.BZ2Decompressor()
    text = unpacker.decompress(data, _LIMIT)
    if not unpacker.eof and len(text) < _LIMIT:
        raise EOFError("cut off")
    return text
