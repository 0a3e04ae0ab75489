"""data: URLs exactly as the decoder of Ignition and the MCO takes them. Pure.

The rules are those of vincent-petithory/dataurl (lex.go, rfc2396.go): stricter
than RFC 2397 in some places, laxer in others.
"""

import base64
import re
import string
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

_PREFIX = "data:"
_TYPES = (
    *("text", "image", "audio", "video", "application"),
    *("message", "multipart"),
)
_TOKEN = re.compile(r"""[^\x00-\x20\x7f-\U0010ffff()<>@,;:\\"/\[\]?=]*""")
_QUOTED = re.compile(r'(?:[^"\\\x80-\U0010ffff]|\\[\x00-\x7f])*"')
# What Go's strconv.Unquote takes between double quotes.
_UNQUOTABLE = re.compile(
    r'(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u[0-9a-fA-F]{4}'
    r"|U[0-9a-fA-F]{8}))*"
)
_NO_DATA = re.compile(r'[\x00-\x20\x7f-\U0010ffff<>#"{}|\\^\[\]`]')
_NO_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=\n]")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_UNRESERVED = string.ascii_letters + string.digits + "-_.!~*'()"


class DataUrlError(ValueError):
    """A text is no data URL; *position* counts its characters from 1."""

    def __init__(self, position: int, cause: str) -> None:
        super().__init__(f"{cause} (at character {position})")
        self.position = position
        self.cause = cause


@dataclass(slots=True)
class _Scanner:
    """A place in the text before the data; each method moves it on."""

    text: str
    at: int = len(_PREFIX)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        text = match[0] if match else ""
        self.at += len(text)
        return text

    def wrong(self, cause: str) -> DataUrlError:
        return DataUrlError(self.at + 1, cause)

    def unexpected(self, where: str) -> DataUrlError:
        char = self.peek()
        if not char:
            return self.wrong("ends before the comma that precedes the data")
        return self.wrong(f"{char!a} is not allowed in {where}")


def decode(text: str) -> bytes:
    """Return the data in *text*; raise DataUrlError."""
    if not text:
        raise DataUrlError(1, "is empty: an empty file is `data:,`")
    if not text.startswith(_PREFIX):
        raise DataUrlError(1, "does not start with `data:`")
    scanner = _Scanner(text)
    if scanner.peek() not in {";", ","}:
        _media_type(scanner)
    encoded = False
    while scanner.peek() == ";" and not encoded:
        encoded = _parameter(scanner)
    start = scanner.at + 1
    return _from_base64(text, start) if encoded else _from_percent(text, start)


def encode(data: bytes) -> str:
    r"""Return *data* as a data URL, percent-encoded.

    >>> encode(b"sctp\n")
    'data:,sctp%0A'
    """
    return f"{_PREFIX},{quote_from_bytes(data, safe=_UNRESERVED)}"


def encode_base64(data: bytes) -> str:
    """Return *data* as a data URL in base64."""
    return f"{_PREFIX};base64,{base64.b64encode(data).decode()}"


def _media_type(scanner: _Scanner) -> None:
    kind = scanner.take(_TOKEN)
    if scanner.peek() != "/":
        if kind and scanner.peek() in {"", ",", ";"}:
            raise scanner.wrong(f"`{kind}` is no media type: it has no slash")
        raise scanner.unexpected("the media type")
    if not kind.startswith((*_TYPES, "x-", "X-")):
        scanner.at -= len(kind)
        raise scanner.wrong(f"`{kind}/` is no known media type")
    scanner.at += 1
    scanner.take(_TOKEN)
    if scanner.peek() not in {",", ";"}:
        raise scanner.unexpected("the media type")


def _parameter(scanner: _Scanner) -> bool:
    """Move over one parameter; return whether it is `;base64`, the last one."""
    scanner.at += 1
    start = scanner.at
    attribute = scanner.take(_TOKEN)
    if not attribute:
        raise scanner.unexpected("a parameter's name")
    if scanner.peek() == ",":
        if attribute != "base64":
            scanner.at = start
            raise scanner.wrong(f"`;{attribute}` is neither base64 nor name=value")
        return True
    if scanner.peek() != "=":
        if scanner.peek() == ";" and attribute == "base64":
            raise scanner.wrong("`;base64` has to be the last before the comma")
        raise scanner.unexpected("a parameter's name")
    scanner.at += 1
    _value(scanner)
    return False


def _value(scanner: _Scanner) -> None:
    start = scanner.at
    if scanner.peek() == '"':
        scanner.at += 1
        value = scanner.take(_QUOTED)
        if not value:
            raise scanner.wrong("a quoted parameter value does not end")
        if not _UNQUOTABLE.fullmatch(value[:-1]):
            raise scanner.wrong("a quoted parameter value has a bad escape")
    elif wrong := _NO_ESCAPE.search(scanner.take(_TOKEN)):
        scanner.at = start + wrong.start()
        raise scanner.wrong("`%` is not followed by two hexadecimal digits")
    if scanner.at == start or scanner.peek() not in {",", ";"}:
        raise scanner.unexpected("a parameter's value")


def _from_percent(text: str, start: int) -> bytes:
    if wrong := _NO_DATA.search(text, start):
        cause = f"{wrong[0]!a} has to be percent-encoded"
        raise DataUrlError(wrong.start() + 1, cause)
    if wrong := _NO_ESCAPE.search(text, start):
        cause = "`%` is not followed by two hexadecimal digits"
        raise DataUrlError(wrong.start() + 1, cause)
    return unquote_to_bytes(text[start:])


def _from_base64(text: str, start: int) -> bytes:
    if wrong := _NO_BASE64.search(text, start):
        cause = f"{wrong[0]!a} is not of the base64 alphabet"
        raise DataUrlError(wrong.start() + 1, cause)
    data = text[start:].replace("\n", "")
    if not _BASE64.fullmatch(data):
        raise DataUrlError(len(text) + 1, "base64 is cut short or wrongly padded")
    return base64.b64decode(data)
