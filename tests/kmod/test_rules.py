"""The version of kmod, by its library's name, and the rules it brings."""

import pytest

from agent.kmod.rules import ALL_RULES, KmodRules, rules_for, version_from_library


@pytest.mark.parametrize(
    ("library", "version"),
    [
        ("libkmod.so.2.3.3", 25),
        ("libkmod.so.2.3.6", 28),
        ("libkmod.so.2.4.0", 30),
        ("libkmod.so.2.5.1", 34),
        ("libkmod.so.2.6.0", 34),
        ("libkmod.so.2.3.0", None),
        ("libkmod.so.2", None),
        ("", None),
    ],
)
def test_version(library: str, version: int | None) -> None:
    """A newer library counts as the newest that is known, an older one as unknown."""
    assert version_from_library(library) == version


@pytest.mark.parametrize(
    ("version", "directories"),
    [
        (28, ("/etc", "/run", "/lib")),
        (30, ("/etc", "/run", "/usr/local/lib", "/lib")),
        (32, ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")),
    ],
)
def test_directories(version: int, directories: tuple[str, ...]) -> None:
    """Highest priority first."""
    expected = tuple(f"{directory}/modprobe.d" for directory in directories)

    assert KmodRules(version).directories == expected


def test_unknown_version_means_all_rules() -> None:
    """Each set of rules that differs from its neighbours has one version."""
    names = [n for n, member in vars(KmodRules).items() if isinstance(member, property)]
    sets = [tuple(getattr(rules, name) for name in names) for rules in ALL_RULES]

    assert rules_for(None) == ALL_RULES
    assert rules_for(28) == (KmodRules(28),)
    assert len(set(sets)) == len(sets)
    for version in range(25, 36):
        rules = KmodRules(version)
        assert tuple(getattr(rules, name) for name in names) in sets
