"""systemd-boot: its loader.conf, and unified kernel images. Pure.

Sources: systemd-boot(7), loader.conf(5); a unified image is a PE file whose sections
`.cmdline` and `.uname` are text (uapi-group.org, Unified Kernel Image).
"""

import fnmatch
import struct
from collections.abc import Sequence

from agent.bootloader.entry import Entry

_PE_AT = 0x3C  # where the file says where its PE header begins
_SECTION = 40  # bytes of one section's header
_MOST_SECTIONS = 96  # what a loader of PE files takes at the most


def default_pattern(text: str) -> str:
    """Return the pattern of the entry that loader.conf's *text* starts, "" for none."""
    pattern = ""
    for line in text.splitlines():
        words = line.split(maxsplit=1)
        if len(words) == 2 and words[0] == "default":  # noqa: PLR2004  # key and value
            pattern = words[1].strip()
    return pattern


def matching(patterns: Sequence[str], entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries whose file name matches the first pattern that fits any.

    All where none does. What was chosen last (`@saved`) is not in these files.
    """
    for pattern in patterns:
        ends = pattern.endswith((".conf", ".efi", "*"))
        name = (pattern if ends else f"{pattern}.conf").lower()
        matches = tuple(e for e in entries if fnmatch.fnmatchcase(_file(e), name))
        if matches and pattern:
            return matches
        if pattern.startswith("@"):
            break
    return tuple(entries)


def _file(entry: Entry) -> str:
    return entry.path.rpartition("/")[2].lower()


def sections(head: bytes) -> dict[str, tuple[int, int]]:
    """Return where the sections of a PE file lie, by its first bytes: offset, size."""
    if head[:2] != b"MZ" or len(head) < _PE_AT + 4:
        return {}
    (start,) = struct.unpack_from("<I", head, _PE_AT)
    if head[start : start + 4] != b"PE\0\0" or len(head) < start + 24:
        return {}
    count, optional = struct.unpack_from("<H12xH", head, start + 6)
    table = start + 24 + optional
    places = {}
    for number in range(min(count, _MOST_SECTIONS)):
        raw = head[table + number * _SECTION : table + (number + 1) * _SECTION]
        if len(raw) < _SECTION:
            break
        name, size, _, raw_size, offset = struct.unpack_from("<8sIIII", raw)
        places[name.rstrip(b"\0").decode("latin-1")] = (offset, min(size, raw_size))
    return places
