"""Calls of modprobe and insmod in a text of the node, with the files that they read."""

import re
from collections.abc import Iterator

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import UnseenError
from agent.names import SCTP
from agent.sources.lenient import gap_of, read_text
from agent.startup.commands import Call, calls

_PATH = re.compile(r"(?<![\w.])/[\w./@+-]+")
#: What is no list of modules; two of them name the protocol.
_NOT_READ = (
    *("/dev/", "/proc/", "/sys/", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"),
    *("/etc/protocols", "/etc/services"),
)
_MOST = 16  # files that one text names
_PROGRAM = b"\x7fELF"


def calls_in(
    host: Host, text: str, gaps: list[Gap], about: str = ""
) -> tuple[Call, ...]:
    """Return the calls in *text*; *about* is what its variables may be made of.

    Where a call takes its names from elsewhere, the files that the text names are
    what they may come from.
    """
    first = tuple(calls(text, about))
    if all(call.plain or SCTP in call.names for call in first):
        return first
    more = "\n".join(_texts(host, text, gaps))
    return tuple(calls(text, f"{about}\n{more}"))


def _texts(host: Host, text: str, gaps: list[Gap]) -> Iterator[str]:
    for path in [*dict.fromkeys(_PATH.findall(text))][:_MOST]:
        if path.startswith(_NOT_READ):
            continue
        try:
            is_program = host.head(path, len(_PROGRAM)) in {b"", _PROGRAM}
        except UnseenError as error:
            gaps.append(gap_of(error))
            continue
        if not is_program:
            yield read_text(host, path, gaps)
