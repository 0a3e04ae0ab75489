"""What the real modprobe said about a node, in the form that is compared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.tools import Program, Said
from tests.oracle.tree import Node

_END = b"\n# End of configuration files. Dumping indexes now:\n"
_BAD_LINE = re.compile(rb"(?s): (/[^\n]*?) line (\d+): ignoring bad line starting with")
_OLD_WORD = re.compile(rb": (/[^\n]*?): command (?:include|config) is deprecated")


@dataclass(frozen=True, slots=True)
class Theirs:
    """The effective configuration, the files of bad lines, and the plans."""

    configuration: bytes
    bad_lines: tuple[tuple[str, int], ...]
    plans: tuple[tuple[int, bytes], ...]


def calls(node: Node, program: Program) -> list[tuple[Program, Sequence[str]]]:
    """Return the calls of modprobe whose output answers for the node."""
    release = ["-S", node.release]
    asked = [
        (program, [*release, *request.mode.split(), "--", request.name])
        for request in node.requests
    ]
    return [(program, [*release, "-c"]), *asked]


def read(said: Sequence[Said]) -> Theirs:
    """Understand the output of those calls."""
    configuration, *plans = said
    text, end, _ = configuration.output.partition(_END)
    if not end:
        raise ValueError(f"no configuration: {configuration}")
    return Theirs(
        text,
        tuple(_bad_lines(configuration.complaints)),
        tuple((plan.status, plan.output) for plan in plans),
    )


def _bad_lines(complaints: bytes) -> list[tuple[str, int]]:
    found = [
        (match[1].decode("utf-8", "surrogateescape"), int(match[2]))
        for match in _BAD_LINE.finditer(complaints)
    ]
    found += [
        (match[1].decode("utf-8", "surrogateescape"), 0)
        for match in _OLD_WORD.finditer(complaints)
    ]
    return found


def boot_names(said: Said) -> tuple[tuple[str, bytes], ...]:
    """Return what systemd-modules-load tried to load, each with its file's path."""
    path = "arguments"
    names = []
    for line in said.complaints.split(b"\n"):
        if line.startswith(b"apply: "):
            path = line.removeprefix(b"apply: ").decode("utf-8", "surrogateescape")
        elif line.startswith(b"Loading module: "):
            names.append((path, line.removeprefix(b"Loading module: ")))
    return tuple(names)
