"""The order of names with numbers in them, as the C library's strverscmp(3) has it."""

import re

_DIGITS = re.compile(rb"\d*")
_LAST_DIGITS = re.compile(rb"\d*$")


def compare(one: bytes, two: bytes) -> int:
    """Return a number below, equal to or above 0 for *one* before, as, after *two*.

    Numbers count by their value, those with a leading zero as parts of a whole.

    >>> [compare(b"el9-5", b"el9-14") < 0, compare(b"a09", b"a1") < 0]
    [True, True]
    """
    if one == two:
        return 0
    pairs = enumerate(zip(one, two, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(one), len(two)))
    before = _digits(_LAST_DIGITS.search(one[:at]))
    first, second = (_digits(_DIGITS.match(text, at)) for text in (one, two))
    by_byte = (one[at] if at < len(one) else 0) - (two[at] if at < len(two) else 0)
    if before.startswith(b"0"):
        fraction = before.strip(b"0") or bool(first) == bool(second)
        return by_byte if fraction else bool(second) - bool(first)
    if before:
        return len(first) - len(second) or by_byte
    whole = first and second and b"0" not in {first[:1], second[:1]}
    return len(first) - len(second) or by_byte if whole else by_byte


def _digits(match: re.Match[bytes] | None) -> bytes:
    return match[0] if match else b""
