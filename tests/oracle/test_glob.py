"""Our globs match what the C library's fnmatch(3) matches, which libkmod calls."""

import ctypes
import random

import pytest

from agent.kmod.glob import matches

pytestmark = pytest.mark.oracle

_PATTERN = "ab-_*?[]!^\\:.=,1[[:alpha:]]\xe9"
_NAME = "abcAZ-_[]!^\\:.=,129\xe9*"
_BRACKETS = (
    *("[a-c]", "[!a]", "[^1-3]", "[]a]", "[a-]", "[-a]", "[[:digit:]]", "[[:nope:]]"),
    *("[a", "[", "[]", "[!]", "[\\]]", "[a\\-c]", "[c-a]", "[[a]", "[[:alpha:]", "[\\"),
    *("[[.a.]]", "[[=a=]]", "[[.-.]-b]", "[[.ab.]]", "[[..]]", "[a-[.c.]]", "[[=ab=]]"),
    *("[a-c-e]", "[[:alpha:]-z]", "[--0]", "[!-a]", "[^]a]", "[[:upper:][:digit:]]"),
)


def test_globs_match_as_fnmatch_does(seed: int, trees: int) -> None:
    """Any pattern of odd characters gives the C library's answer for any name."""
    fnmatch = ctypes.CDLL(None).fnmatch
    chance = random.Random(f"{seed}/globs")  # noqa: S311  # no secret
    found = 0
    wrong = []
    for _ in range(trees * 25):
        pattern, name = _pattern(chance), _name(chance)
        expected = fnmatch(pattern.encode("latin-1"), name.encode("latin-1"), 0) == 0
        found += expected
        if matches(pattern, name) != expected:
            wrong.append((pattern, name, expected))

    assert wrong == []
    assert found > trees / 2


def _pattern(chance: random.Random) -> str:
    parts = [
        chance.choice(_BRACKETS) if chance.random() < 0.3 else chance.choice(_PATTERN)
        for _ in range(chance.randint(0, 6))
    ]
    return "".join(parts)


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_NAME, k=chance.randint(0, 5)))
