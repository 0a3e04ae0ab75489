"""Patterns as fnmatch(3) matches them."""

import pytest

from agent.kmod.glob import matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("sctp", "sctp", True),
        ("sctp", "sctp_diag", False),
        ("s*", "sctp", True),
        ("*", "", True),
        ("s*p*", "sctp", True),
        ("*c*c", "sctp", False),
        ("a*b*c", "axbxbxc", True),
        ("sct?", "sctp", True),
        ("sctp?", "sctp", False),
        ("s[abc]tp", "sctp", True),
        ("s[a-c]tp", "sctp", True),
        ("s[!c]tp", "sctp", False),
        ("s[^x]tp", "sctp", True),
        ("[]x]", "]", True),
        ("[!]]", "]", False),
        ("[a-]", "-", True),
        ("[[:alpha:]]", "s", True),
        ("[[:digit:][:upper:]]", "s", False),
        ("[[:nope:]]", "a", False),
        ("[[:alpha:]x", "a", False),
        ("[c-a]", "b", False),
        ("[[.a.]]", "a", True),
        ("[[.a.]-c]", "b", True),
        ("[a-[.c.]]", "b", True),
        ("[[.ab.]]", "a", False),
        ("x.][[.a.]]", "x.]a", True),
        ("[[.a.]]x.]", "ax.]", True),
        ("[x[..]]", "x", True),
        ("[[.a", "[", False),
        ("[[.a", "[[.a", False),
        ("[[.", "[[.", False),
        ("[[=a=]]", "a", True),
        ("[[=ab=]]", "a", False),
        ("[[=a", "[", False),
        ("[[=ab", "[[=ab", True),
        ("[x[=a=]", "[x[=a=]", False),
        ("[x[.a.]", "[x[.a.]", False),
        ("[x[:alpha:]", "[x[:alpha:]", False),
        ("[x[=ab", "[x[=ab", True),
        ("[x\\", "[x\\", False),
        ("[!a", "[!a", True),
        ("[x[=a=]]", "x", True),
        ("[x[.a.]]", "x", True),
        ("[x[:alpha:]]", "x", True),
        ("[x[=ab=]]", "x", False),
        ("[x\\]]", "x", True),
        ("[xab]", "x", True),
        ("[x[=", "x", False),
        ("[xa\\", "x", False),
        ("[x[.a", "x", False),
        ("[x", "x", False),
        ("[abc", "[abc", True),
        ("s[", "s[", True),
        ("[\\]]", "]", True),
        ("[\\", "[\\", False),
        ("\\*", "*", True),
        ("\\*", "x", False),
        ("\\", "\\", False),
        ("", "", True),
        ("", "x", False),
    ],
    ids=repr,
)
def test_match(pattern: str, name: str, expected: bool) -> None:  # noqa: FBT001
    """Whole names, no special characters but these."""
    assert matches(pattern, name) == expected


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("alnum", "a1"),
        ("alpha", "aZ"),
        ("blank", " \t"),
        ("cntrl", "\x00\x7f"),
        ("digit", "09"),
        ("graph", "!~"),
        ("lower", "az"),
        ("print", " ~"),
        ("punct", ".,"),
        ("space", "\n\v"),
        ("upper", "AZ"),
        ("xdigit", "fF0"),
    ],
)
def test_character_class(name: str, members: str) -> None:
    """The classes of the C locale."""
    assert all(matches(f"[[:{name}:]]", char) for char in members)
    assert not matches(f"[[:{name}:]]", "\u00e9")


@pytest.mark.timeout(300)
def test_hostile_pattern_costs_little() -> None:
    """A pattern that would keep a backtracking matcher busy for ever."""
    assert not matches("*a" * 500 + "b", "a" * 5000)
