"""From when to when certificates are valid: pure, from PEM to two moments."""

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

_PEM = re.compile(
    rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----(.*?)-----END", re.DOTALL
)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")  # strptime takes 0.2 MB
_LONG = 0x80  # of a length: so many bytes follow that have it
_VERSION, _UTC_TIME = 0xA0, 0x17
_LAST_OF_19TH = 50  # years of two digits from here on are those of the 20th century


class Validity(NamedTuple):
    """Both ends, in seconds since 1970."""

    begins: float
    ends: float


def first_to_end(pem: bytes) -> Validity | None:
    """Return when that certificate of a chain is valid that ends first.

    None where none can be read: whether it can be used, is for others to say.
    """
    validities = []
    for text in _PEM.findall(pem):
        try:
            validities.append(_validity(binascii.a2b_base64(text)))
        except (IndexError, ValueError):
            continue
    return min(validities, key=lambda each: each.ends, default=None)


def _validity(der: bytes) -> Validity:
    """Read what RFC 5280 has in section 4.1: the fifth field, or without version."""
    (_, certificate), *_ = _elements(der)
    (_, signed), *_ = _elements(certificate)
    fields = [*_elements(signed)]
    at = 4 if fields[0][0] == _VERSION else 3
    begins, ends = (_moment(*each) for each in _elements(fields[at][1]))
    return Validity(begins, ends)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements that stand one after another: tag and content (X.690)."""
    while data:
        tag, length, start = data[0], data[1], 2
        if length & _LONG:
            start += length & ~_LONG
            length = int.from_bytes(data[2:start])
        yield tag, data[start : start + length]
        data = data[start + length :]


def _moment(tag: int, content: bytes) -> float:
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        text = f"{19 if int(text[:2]) >= _LAST_OF_19TH else 20}{text}"
    match = _MOMENT.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, match.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
