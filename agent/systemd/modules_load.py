"""One modules-load.d file, or modules_load=, as systemd-modules-load reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.findings import Origin

_LINE_END = re.compile(r"[\n\r\0]")
_BLANKS = " \t\n\r"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name, module or alias, that systemd asks kmod for at boot."""

    name: str
    origin: Origin


def parse(path: str, data: bytes) -> Iterator[Entry]:
    """Yield the names in *data*, the content of *path*.

    A line ends at LF, CR or NUL; the whole stripped line is the name, comments
    are lines whose first character is `#` or `;` (modules-load.c).
    """
    text = data.decode("latin-1")
    at = 0
    number = 1
    while at < len(text):
        match = _LINE_END.search(text, at)
        end = match.start() if match else len(text)
        name = text[at:end].strip(_BLANKS)
        if name and name[0] not in "#;":
            yield Entry(name, Origin(path, number, _as_utf8(name)))
        number += text.startswith("\n", end)
        at = end + 1


def _as_utf8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "backslashreplace")
