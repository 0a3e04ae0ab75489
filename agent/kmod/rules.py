"""Which rules of kmod a node follows: they differ by kmod's version."""

import re
from dataclasses import dataclass

# libkmod.so.2.AGE.REVISION: kmod's Makefile.am (25 to 34) and meson.build.
_VERSION_BY_LIBRARY = {
    (3, 3): 25,
    (3, 4): 26,
    (3, 5): 27,
    (3, 6): 28,
    (3, 7): 29,
    (4, 0): 30,
    (4, 1): 31,
    (4, 2): 32,
    (5, 0): 33,
    (5, 1): 34,
}
_LIBRARY = re.compile(r"libkmod\.so\.2\.(\d+)\.(\d+)")


# The versions in which a rule changed.
_BUILTIN_ALIAS = 27
_BUILTIN_NAME_FIRST = 30
_LOCAL_DIRECTORY = 30
_DIST_DIRECTORY = 32
_NO_ALIAS_FILES = 33
_WEAKDEP = 33
_CLEAN_EOF = 34
_STAT_CHECKED = 34


@dataclass(frozen=True, slots=True)
class KmodRules:
    """What differs between versions of kmod."""

    version: int

    @property
    def local_directory(self) -> bool:
        """True when /usr/local/lib/modprobe.d is read."""
        return self.version >= _LOCAL_DIRECTORY

    @property
    def dist_directory(self) -> bool:
        """True when /usr/lib/modprobe.d is read beside /lib."""
        return self.version >= _DIST_DIRECTORY

    @property
    def alias_files(self) -> bool:
        """True when NAME.alias counts as a configuration file."""
        return self.version < _NO_ALIAS_FILES

    @property
    def weakdep(self) -> bool:
        """True when the directive is known."""
        return self.version >= _WEAKDEP

    @property
    def clean_eof(self) -> bool:
        """True when a backslash at the end of a file vanishes.

        Before, a byte 0xFF is read there.
        """
        return self.version >= _CLEAN_EOF

    @property
    def stat_checked(self) -> bool:
        """True when a dangling NAME.conf is skipped.

        Before, whether it masks the same name in a lower directory is chance.
        """
        return self.version >= _STAT_CHECKED

    @property
    def builtin_alias(self) -> bool:
        """True when modules.builtin.alias.bin is known."""
        return self.version >= _BUILTIN_ALIAS

    @property
    def builtin_alias_first(self) -> bool:
        """True when that index is asked before modules.builtin.bin.

        It then ends the search, whatever it holds.
        """
        return _BUILTIN_ALIAS <= self.version < _BUILTIN_NAME_FIRST

    @property
    def directories(self) -> tuple[str, ...]:
        """The modprobe.d directories, highest priority first."""
        middle = ("/usr/local/lib/modprobe.d",) if self.local_directory else ()
        dist = ("/usr/lib/modprobe.d",) if self.dist_directory else ()
        head = ("/etc/modprobe.d", "/run/modprobe.d")
        return (*head, *middle, *dist, "/lib/modprobe.d")


#: One version for each set of rules that differs from its neighbours.
ALL_RULES = tuple(KmodRules(version) for version in (25, 28, 30, 32, 33, 34))


def version_from_library(name: str) -> int | None:
    """Return kmod's version by the file name of libkmod, None if not known.

    A library newer than the newest known one counts as that one.
    """
    match = _LIBRARY.fullmatch(name)
    if not match:
        return None
    key = (int(match[1]), int(match[2]))
    newest = max(_VERSION_BY_LIBRARY)
    return _VERSION_BY_LIBRARY.get(min(key, newest))


def rules_for(version: int | None) -> tuple[KmodRules, ...]:
    """Return the rules to follow: all of them when the version is unknown."""
    return ALL_RULES if version is None else (KmodRules(version),)
