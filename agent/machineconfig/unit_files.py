"""The files and links that units of MachineConfigs become on a node."""

from collections.abc import Iterator

from agent.hostfs.host import Host
from agent.hostfs.values import Kind
from agent.ignition.entries import UnitEntry
from agent.systemd.names import OWN
from agent.systemd.unit import parse

_IMAGE = "/usr/lib/systemd/system"
#: A target of which it is not known whether a boot reaches it.
_SOME = "some.target"
_FOLDERS = {"WantedBy": "wants", "RequiredBy": "requires", "UpheldBy": "upholds"}


def files(unit: UnitEntry, base: Host) -> Iterator[tuple[str, bytes | None]]:
    """Yield paths and contents, None for a link to the null device.

    `systemctl enable` makes the links that the section Install asks for, none without
    it. A unit that only has drop-ins here is one of the image's: where *base* does not
    have it, nobody knows whether it is enabled.
    """
    path = f"{OWN}/{unit.name}"
    if unit.masked:
        yield path, None
        return
    if unit.contents:
        yield path, _bytes(unit.contents)
    for name, text in unit.dropins:
        yield f"{path}.d/{name}", _bytes(text)
    of_image = f"{_IMAGE}/{unit.name}"
    if unit.contents or base.kind(of_image) == Kind.FILE:
        contents = unit.contents or base.read(of_image).text
        targets = [*_links(contents)] if unit.enabled else []
    else:
        yield of_image, b""
        targets = [] if unit.enabled is False else [(_SOME, "wants")]
    for target, folder in targets:
        yield f"{OWN}/{target}.{folder}/{unit.name}", b""


def _links(contents: str) -> Iterator[tuple[str, str]]:
    for setting in parse(contents):
        if setting.section == "Install" and setting.key in _FOLDERS:
            for target in setting.value.split():
                yield target, _FOLDERS[setting.key]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
