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


@dataclass(frozen=True, slots=True)
class KmodRules:
    """What differs between versions of kmod, in the order it changed.

    - *local_directory*: /usr/local/lib/modprobe.d is read (since 30).
    - *dist_directory*: /usr/lib/modprobe.d is read beside /lib (since 32).
    - *alias_files*: NAME.alias counts as a configuration file (until 32).
    - *weakdep*: the directive is known (since 33).
    - *clean_eof*: a backslash at the end of a file vanishes (since 34); before,
      a byte 0xFF is read.
    - *stat_checked*: a dangling NAME.conf is skipped (since 34); before, whether
      it masks the same name in a lower directory is chance.
    - *builtin_alias_first*: modules.builtin.alias.bin is asked before
      modules.builtin.bin and ends the search (28 and 29).
    - *builtin_alias*: modules.builtin.alias.bin is known at all (since 27).
    """

    version: int

    @property
    def local_directory(self) -> bool:
        return self.version >= 30

    @property
    def dist_directory(self) -> bool:
        return self.version >= 32

    @property
    def alias_files(self) -> bool:
        return self.version <= 32

    @property
    def weakdep(self) -> bool:
        return self.version >= 33

    @property
    def clean_eof(self) -> bool:
        return self.version >= 34

    @property
    def stat_checked(self) -> bool:
        return self.version >= 34

    @property
    def builtin_alias(self) -> bool:
        return self.version >= 27

    @property
    def builtin_alias_first(self) -> bool:
        return 27 <= self.version <= 29

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
