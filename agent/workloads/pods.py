"""Names of pods and containers by the names of the kubelet's log files. Pure.

/var/log/pods has a folder NAMESPACE_NAME_UID for each pod of the node, and in it one
for each container. /var/log/containers has a link NAME_NAMESPACE_CONTAINER-ID.log for
each container. None of the names can have an underscore (RFC 1123), so that they can be
told apart; what is no such name is passed over.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_FOLDER = re.compile(rf"({_LABEL})_({_NAME})_([0-9A-Za-z-]{{1,128}})")
_LINK = re.compile(rf"({_NAME})_({_LABEL})_({_LABEL})-([0-9a-f]{{64}})\.log")
_CONTAINER = re.compile(_LABEL)


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod by its names; *folder* is that of its logs."""

    namespace: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class Container:
    """A container by its names and those of its pod."""

    namespace: str
    pod: str
    name: str


def pods(folders: Iterable[str]) -> dict[str, Pod]:
    """Return the pods by UID that the names in /var/log/pods say.

    >>> pods(["core_amf-0_0f9a2c4e-1b2d-4c3e-8f00-000000000001"])
    {'0f9a2c4e-1b2d-4c3e-8f00-000000000001': Pod(namespace='core', name='amf-0', \
folder='core_amf-0_0f9a2c4e-1b2d-4c3e-8f00-000000000001')}
    """
    matches = (_FOLDER.fullmatch(folder) for folder in folders)
    return {m[3]: Pod(m[1], m[2], m[0]) for m in matches if m}


def containers(links: Iterable[str]) -> dict[str, Container]:
    """Return the containers by ID that the names in /var/log/containers say."""
    matches = (_LINK.fullmatch(link) for link in links)
    return {m[4]: Container(m[2], m[1], m[3]) for m in matches if m}


def only_container(folders: Iterable[str]) -> str:
    """Return the container's name where the folder of a pod has only one, else ""."""
    names = [name for name in folders if _CONTAINER.fullmatch(name)]
    return names[0] if len(names) == 1 else ""
