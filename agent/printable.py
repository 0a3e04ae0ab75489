"""Text of the node made harmless for a terminal, a log, one line and JSON."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPED_BYTES = range(0xDC80, 0xDD00)


def printable(text: str) -> str:
    r"""Return *text* with control and other unprintable characters escaped.

    >>> printable("a\x1b[31mb\nc")
    'a\\x1b[31mb\\nc'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def well_formed(value: object) -> object:
    r"""Return *value*, made of what JSON has, without lone surrogates.

    Python stands them for bytes of a file name that are no UTF-8 (PEP 383). JSON can
    write them and strict parsers refuse the whole document (RFC 8259, section 8.2).

    >>> well_formed({"path": "/etc/modprobe.d/\udcff.conf"})
    {'path': '/etc/modprobe.d/\\xff.conf'}
    """
    if isinstance(value, str):
        return _SURROGATES.sub(_byte_or_code, value)
    if isinstance(value, dict):
        return {well_formed(key): well_formed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [well_formed(item) for item in value]
    return value


def _byte_or_code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if code in _ESCAPED_BYTES else _escape(match[0])
