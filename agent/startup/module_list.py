"""Lists of modules to load: /etc/modules and its like, a name first on each line."""

import re
from collections.abc import Iterable, Iterator

from agent.findings import Origin
from agent.kmod.grammar import canonical

ETC_MODULES = "/etc/modules"

_ASSIGNMENT = re.compile(
    r"^[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\+?=[ \t]*"
    r"(\"[^\"]*\"|'[^']*'|\([^)]*\)|[^\s#;]*)",
    re.MULTILINE,
)


def first_words(path: str, text: str) -> Iterator[tuple[str, Origin]]:
    """Yield the first word of each line that is no comment, and where it stands.

    So read OpenRC's service `modules`, the script `kmod` of Debian's sysvinit and
    initramfs-tools: `while read module args`.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield words[0], Origin(path, number, line.strip())


def assignments(path: str, text: str, key: str) -> Iterator[tuple[str, Origin]]:
    """Yield the words that lines `KEY=…` and `KEY+=…` give, and where they stand.

    So dracut.conf, mkinitcpio.conf and OpenRC's conf.d are read, which are shell:
    what a variable would add is not seen.
    """
    for assignment in _ASSIGNMENT.finditer(text):
        if assignment[1] != key:
            continue
        number = text.count("\n", 0, assignment.start()) + 1
        line = " ".join(assignment[0].split())
        for word in assignment[2].strip("\"'()").split():
            yield word, Origin(path, number, line)


def places_of(module: str, words: Iterable[tuple[str, Origin]]) -> Iterator[Origin]:
    """Yield where *words*, as they are read here, name the *module*."""
    return (origin for word, origin in words if canonical(word) == module)
