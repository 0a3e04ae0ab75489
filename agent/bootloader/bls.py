"""Boot Loader Specification entries, type 1, in the order GRUB shows them."""

import posixpath
import re
from collections.abc import Iterable

from agent.bootloader.entry import Entry, expand

_KEY_AND_VALUE = 2
_PART = re.compile(r"\d+|[A-Za-z]+")


def parse(path: str, text: str, variables: dict[str, str] | None) -> Entry | None:
    """Return the entry in the file *path*, None when it boots no Linux.

    `options` may be given more than once. Spaces and tabs separate a key from its
    value. *variables* are those of GRUB, which reads no further than a line without
    a value; None stands for a loader that has none and passes over such a line, and
    starts other programs, too.
    """
    values: dict[str, list[str]] = {}
    for line in text.splitlines():
        words = line.split(maxsplit=1)
        if words and words[0].startswith("#"):
            continue
        if len(words) < _KEY_AND_VALUE:
            if variables is None:
                continue
            break
        values.setdefault(words[0], []).append(words[1].strip())
    image = values.get("linux", [""])[-1]
    other = [*values.get("uki", ()), *values.get("efi", ())]
    unread = not image and bool(other) and variables is None
    if not image and not unread:
        return None
    name = posixpath.basename(path).removesuffix(".conf")
    titles = values.get("title", [])
    arguments = " ".join(values.get("options", []))
    if variables is not None:
        arguments = expand(arguments, variables)
    version = values.get("version", [""])[-1]
    names = frozenset({name, *titles})
    image = image or other[0]
    return Entry(names, image, arguments, path, version=version, unread=unread)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries newest first, as GRUB's blscfg sorts their file names."""
    return tuple(sorted(entries, key=_version, reverse=True))


def _version(entry: Entry) -> list[tuple[int, int, str]]:
    """Compare as rpmvercmp does: number by number, numbers above letters."""
    name = posixpath.basename(entry.path).removesuffix(".conf")
    return [
        (1, int(part), "") if part.isdigit() else (0, 0, part)
        for part in _PART.findall(name)
    ]
