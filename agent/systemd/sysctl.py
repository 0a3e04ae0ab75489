"""One sysctl.d file as systemd-sysctl reads it."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.findings import Origin


@dataclass(frozen=True, slots=True)
class Setting:
    """One assignment; *key* has dots between its parts."""

    key: str
    value: str
    origin: Origin


def parse(path: str, data: bytes) -> Iterator[Setting]:
    """Yield the assignments in *data*, the content of *path*.

    A leading `-` only silences errors; `/` and `.` are both separators, the
    first one of a key decides which (sysctl.d(5)).
    """
    text = data.decode("utf-8", "backslashreplace")
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        if equals:
            name = normalize(key.strip().removeprefix("-"))
            yield Setting(name, value.strip(), Origin(path, number, line))


def normalize(key: str) -> str:
    """Return *key* with dots between its parts.

    >>> normalize("kernel/modprobe"), normalize("net.ipv4.conf.eth0/1.tag")
    ('kernel.modprobe', 'net.ipv4.conf.eth0/1.tag')
    """
    first = next((char for char in key if char in "./"), ".")
    if first == ".":
        return key
    return key.translate({ord("/"): ".", ord("."): "/"})
