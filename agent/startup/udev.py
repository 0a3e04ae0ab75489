"""Rules of udev: which load a module when a device appears. Pure.

Source: udev(7), RUN{builtin}="kmod load …", which heeds a blacklist.
"""

import re
from collections.abc import Iterator

from agent.kmod.grammar import canonical
from agent.startup.commands import Call, calls

_BUILT_IN = re.compile(r"\bkmod\s+load\s+([\w\s-]+)")


def loads(text: str) -> Iterator[Call]:
    """Yield the calls in the rules *text*.

    >>> [call.names for call in loads('RUN{builtin}+="kmod load sctp"')]
    [('sctp',)]
    """
    yield from calls(text)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        for match in _BUILT_IN.finditer(line):
            names = tuple(filter(None, map(canonical, match[1].split())))
            yield Call(names, number, line.strip(), plain=True, blacklist=True)
