"""Stages of images that set a node up at each boot: Elemental, Kairos, k3OS. Pure.

Source: yip's schema (`commands`, `modules`) and k3OS' `modules`, in YAML.
"""

import re
from collections.abc import Iterator

from agent.kmod.grammar import canonical
from agent.startup.commands import Call, calls

_LIST = re.compile(r"^\s*(?:-\s+)?modules:\s*(\[[^\]]*\])?\s*$")
_ITEM = re.compile(r"^\s*-\s+[\"']?([\w-]+)[\"']?\s*(?:#.*)?$")


def loads(text: str) -> Iterator[Call]:
    r"""Yield the calls in commands, and the lists of modules.

    >>> [call.names for call in loads("k3os:\n  modules:\n  - kvm\n  - sctp\n")]
    [('kvm',), ('sctp',)]
    """
    yield from calls(text)
    is_list = False
    for number, line in enumerate(text.splitlines(), start=1):
        start = _LIST.match(line)
        if start:
            is_list = not start[1]
            names = re.findall(r"[\w-]+", start[1] or "")
        else:
            item = _ITEM.match(line) if is_list else None
            is_list = item is not None
            names = [item[1]] if item else []
        for name in filter(None, map(canonical, names)):
            yield Call((name,), number, line.strip(), plain=True)
