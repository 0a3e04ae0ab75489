"""The order of names with numbers, compared with the C library's own."""

import ctypes

from hypothesis import given
from hypothesis import strategies as st

from agent.bootloader.version_order import compare

_NAMES = st.text("0019ab.-", max_size=8).map(str.encode)
_LIBRARY = ctypes.CDLL(None)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


@given(_NAMES, _NAMES, _NAMES)
def test_as_the_library_has_it(start: bytes, one: bytes, two: bytes) -> None:
    """Whatever comes before the first difference, and after it."""
    names = start + one, start + two

    assert _sign(compare(*names)) == _sign(_LIBRARY.strverscmp(*names))
