"""Plain YAML scalars as Kubernetes clients resolve them: YAML 1.1. Pure."""

import re
from typing import Any

Scalar = str | int | float | bool | None
#: A value of a document, as JSON has them.
Value = Scalar | list[Any] | dict[str, Any]

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset(
    {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
)
_FALSE = frozenset(
    {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
)
_LONGEST = 40  # no number that means anything here is longer
_INTEGER = re.compile(
    r"([-+]?)(?:0[bB]([01_]+)|0[oO]?([0-7_]+)|0[xX]([0-9a-fA-F_]+)|([1-9][0-9_]*|0))"
)
_BASES = (2, 8, 16, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def resolve(text: str) -> Scalar:
    """Return what the unquoted *text* means; 0644 is octal, `on` is true.

    Timestamps stay text, as they do in JSON; sexagesimal numbers are not known.

    >>> resolve("0644"), resolve("0o644"), resolve("644"), resolve("3.2.0")
    (420, 420, 644, '3.2.0')
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if len(text) > _LONGEST:
        return text
    return _number(text)


def _number(text: str) -> Scalar:
    match = _INTEGER.fullmatch(text)
    for base, digits in zip(_BASES, match.groups()[1:] if match else (), strict=False):
        plain = (digits or "").replace("_", "")
        if match and plain:
            return int(match[1] + plain, base)
    return float(text) if _FLOAT.fullmatch(text) else text
