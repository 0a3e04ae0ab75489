"""What strace saw of a program that a container runtime started, call by call."""

import re
from collections.abc import Iterable
from pathlib import Path

_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
#: A filter of system calls that now holds, whichever call set it.
_FILTERED = re.compile(r"(SECCOMP_SET_MODE_FILTER|PR_SET_SECCOMP), .*\) += 0$")
#: Of these an argument is told as well, by its place.
_TOLD = {"socket": 0, "socketpair": 0, "unshare": 0, "setns": 1}


def calls(path: Path, program: str) -> dict[str, list[str]]:
    """Return the names of the calls that a filter has to allow, with what is told.

    They are the program's from its start on, and those of the thread of the runtime
    that has set the filter and goes on to start it. All else is the runtime's affair.
    """
    found: dict[str, set[str]] = {}
    filtered: set[str] = set()
    others: set[str] | None = None
    seen: set[str] = set()
    for pid, name, arguments in _lines(path):
        if others is None:
            seen.add(pid)
            if name == "execve" and arguments.startswith(f'"{program}"'):
                others = seen - {pid}
        if pid in filtered if others is None else pid not in others:
            told = found.setdefault(name, set())
            if name in _TOLD:
                argument = arguments.split(", ")[_TOLD[name]]
                told.add(re.split(r"\)| <unfinished", argument)[0])
        if _FILTERED.match(arguments):
            filtered.add(pid)
    return {name: sorted(told) for name, told in sorted(found.items())}


def _lines(path: Path) -> Iterable[tuple[str, str, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = _CALL.match(line)
            if match:
                yield match[1], match[2], match[3].rstrip()
