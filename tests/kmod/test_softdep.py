"""The value of a softdep line."""

import pytest

from agent.kmod.softdep import split


@pytest.mark.parametrize(
    ("value", "before", "after"),
    [
        ("pre: a b post: c", ("a", "b"), ("c",)),
        ("post: c pre: a", ("a",), ("c",)),
        ("a pre: b", ("b",), ()),
        ("pre:a", (), ()),
        ("pre:\ta\n", ("a",), ()),
        (" pre: a", (), ()),
        ("  pre: a", ("a",), ()),
        ("", (), ()),
    ],
    ids=repr,
)
def test_split(value: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Names count only behind `pre:` and `post:` with a blank after it."""
    assert split(value) == (before, after)
