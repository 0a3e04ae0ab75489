"""Menus of extlinux (U-Boot, syslinux) and of zipl (s390x). Pure.

Sources: U-Boot's doc/develop/distro.rst and boot/pxe_utils.c; zipl.conf(5).
"""

import posixpath
import re
from collections.abc import Iterable
from functools import cmp_to_key

from agent.bootloader.entry import Entry
from agent.bootloader.version_order import compare

_ASSIGNMENT = re.compile(r"^\s*(\w+)\s*=\s*(.*?)\s*$")


def extlinux(path: str, text: str) -> tuple[tuple[Entry, ...], str]:
    """Return the entries of an extlinux.conf, and the label that it starts."""
    entries: list[Entry] = []
    default, label, line_of = "", "", 0
    values: dict[str, str] = {}

    def end() -> None:
        image = values.get("kernel", values.get("linux", ""))
        if label and image:
            names = frozenset({label})
            arguments = values.get("append", "")
            entries.append(Entry(names, image, arguments, path, line_of))

    for number, raw in enumerate(text.splitlines(), start=1):
        key, _, value = raw.strip().partition(" ")
        match key.lower():
            case "default" if not label:
                default = value.strip()
            case "label":
                end()
                label, line_of, values = value.strip(), number, {}
            case "kernel" | "linux" | "append":
                values[key.lower()] = value.strip()
    end()
    return tuple(entries), default


def newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return *entries* as zipl sorts them: by file names, the highest version first.

    Without a default the first one starts (s390-tools, zipl/src/scan.c: scan_bls).
    """

    def order(one: Entry, two: Entry) -> int:
        return compare(
            *(
                posixpath.basename(e.path).encode("utf-8", "surrogateescape")
                for e in (one, two)
            )
        )

    return tuple(sorted(entries, key=cmp_to_key(order), reverse=True))


def zipl(path: str, text: str) -> tuple[tuple[Entry, ...], str]:
    """Return the entries of a zipl.conf, and the section that it starts."""
    entries: list[Entry] = []
    default, section, line_of = "", "", 0
    values: dict[str, str] = {}

    def end() -> None:
        if values.get("image"):
            arguments = values.get("parameters", "")
            names = frozenset({section})
            entries.append(Entry(names, values["image"], arguments, path, line_of))

    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            end()
            section, line_of, values = line[1:-1], number, {}
            continue
        assignment = _ASSIGNMENT.match(line)
        if assignment and not line.startswith("#"):
            values[assignment[1]] = assignment[2].strip("\"'")
            if section == "defaultboot" and assignment[1] == "default":
                default = values["default"]
    end()
    return tuple(entries), default
