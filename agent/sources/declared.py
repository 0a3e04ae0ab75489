"""The MachineConfig the node should be in, as the machine-config-daemon keeps it."""

import json
from collections.abc import Sequence
from typing import Any

from agent.declared import CURRENT_CONFIG, Declared, DeclaredFile
from agent.hostfs.host import Host
from agent.hostfs.mounts import NOT_GIVEN
from agent.hostfs.values import Presence
from agent.kernel.arguments import Argument
from agent.names import SCTP
from agent.sources import capture

_LIMIT = 1 << 24  # etcd takes 1.5 MiB of it; unpacked on disk it may be larger
_FOLDERS = ("modprobe.d/", "modules-load.d/")
_ABOUT = (SCTP, "module_blacklist", "modules_load", "modules-load")


def gather(host: Host, running: Sequence[Argument]) -> Declared:
    """Compare what is declared for SCTP with the disk and the kernel's arguments."""
    file = host.read(CURRENT_CONFIG, limit=_LIMIT)
    if file.presence == Presence.ABSENT:
        return Declared(left_out=capture.uncollected(host, CURRENT_CONFIG))
    if file.problem == NOT_GIVEN:
        return Declared(left_out=NOT_GIVEN)
    if not file.readable:
        return Declared(problem=file.problem)
    try:
        value: Any = json.loads(file.data)
        name = str(value["metadata"]["name"])
        spec = value["spec"]
        declared = [str(word) for word in spec.get("kernelArguments") or ()]
        files = tuple(_files(host, value))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        return Declared(problem=f"is no MachineConfig ({type(error).__name__})")
    words = {argument.text for argument in running}
    missing = (w for w in declared if _about(w) and not words.issuperset(w.split()))
    return Declared(name, files, tuple(missing))


def _files(host: Host, value: dict[str, Any]) -> list[DeclaredFile]:
    from agent.ignition.content import ContentError, content
    from agent.ignition.documents import Item
    from agent.ignition.objects import machine_configs
    from agent.ignition.problems import Source

    whole = {
        "apiVersion": "machineconfiguration.openshift.io/v1",
        **value,
        "kind": "MachineConfig",
    }
    files = []
    for config in machine_configs([Item(whole, Source(CURRENT_CONFIG, 1))]):
        for entry in config.config.files:
            if not any(folder in entry.path for folder in _FOLDERS):
                continue
            try:
                data = content(entry) if entry.source else b""
            except ContentError as error:
                files.append(_undecodable(entry.path, str(error)))
                continue
            beside = _beside(host, entry.path, data)
            if _about(f"{entry.path}{beside.declared}{beside.on_disk}"):
                files.append(beside)
    return files


def _beside(host: Host, path: str, data: bytes) -> DeclaredFile:
    file = host.read(path)
    declared = data.decode("utf-8", "backslashreplace")
    text = file.text if file.readable else ""
    return DeclaredFile(path, declared, file.presence, text, file.problem)


def _undecodable(path: str, problem: str) -> DeclaredFile:
    return DeclaredFile(path, "", Presence.UNREADABLE, problem=problem)


def _about(text: str) -> bool:
    return any(word in text for word in _ABOUT)
