"""Other objects that change nodes, and speak of sctp: named, not judged. Pure.

The Node Tuning Operator makes kernel arguments of Tuned and PerformanceProfile,
on-cluster layering builds images by MachineOSConfig, the Kernel Module Management
operator loads modules, and a privileged pod may run modprobe.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agent.ignition.documents import Item
from agent.ignition.problems import Problem, warning
from agent.ignition.wrappers import DEEPEST, KIND, PLAIN, title
from agent.names import SCTP
from agent.startup.commands import calls

_GROUPS = (
    "machineconfiguration.openshift.io/",
    "performance.openshift.io/",
    "tuned.openshift.io/",
    "kmm.sigs.x-k8s.io/",
)
_MENTION = re.compile(rf"\b{SCTP}\b")


def unjudged(items: Sequence[Item]) -> Iterator[Problem]:
    """Yield the objects among *items* that may change what is judged."""
    for item in items:
        if str(item.value.get("kind")) in PLAIN:
            continue
        text = "\n".join(_texts(item.value, 0))
        if not _MENTION.search(text) or KIND.search(text):
            continue
        group = str(item.value.get("apiVersion")).startswith(_GROUPS)
        if group or any(SCTP in call.names for call in calls(text)):
            words = "speaks of sctp, and what it does to nodes was not judged"
            yield warning(item.source.place(item.keys), f"{title(item)} {words}")


def _texts(value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  # any value of JSON
    """Yield the texts in *value*, those of a list in one line, as a command is."""
    if depth > DEEPEST:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            if key not in {"annotations", "metadata", "status"}:
                yield from _texts(member, depth + 1)
    elif isinstance(value, list):
        if all(isinstance(member, str) for member in value):
            yield " ".join(value)
        else:
            for member in value:
                yield from _texts(member, depth + 1)
