"""Which entry systemd-boot starts by the firmware's variables, where they are shown."""

from collections.abc import Iterator

from agent.facts import Gap
from agent.hostfs.host import Host

_FOLDER = "/sys/firmware/efi/efivars"
_VENDOR = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"  # of the boot loader interface
_ATTRIBUTES = 4  # bytes before a variable's value (efivarfs)
#: For one boot, then for all (systemd-boot(7)); what was chosen last stands in a third.
_NAMES = ("LoaderEntryOneShot", "LoaderEntryDefault")
_LAST, _SAVED = "LoaderEntryLastBooted", "@saved"


def patterns(host: Host, gaps: list[Gap]) -> Iterator[str]:
    """Yield the patterns of entries that come before that of loader.conf."""
    for name in _NAMES if host.live else ():
        value = saved(host, _read(host, name, gaps), gaps)
        if value:
            yield value


def saved(host: Host, pattern: str, gaps: list[Gap]) -> str:
    """Return what was started last where *pattern* asks for that, else *pattern*."""
    if pattern != _SAVED or not host.live:
        return pattern
    return _read(host, _LAST, gaps) or pattern


def _read(host: Host, name: str, gaps: list[Gap]) -> str:
    file = host.read(f"{_FOLDER}/{name}-{_VENDOR}")
    if file.unseen:
        gap = Gap(file.path, file.problem)
        gaps += () if gap.withheld else (gap,)
        return ""
    return file.data[_ATTRIBUTES:].decode("utf-16-le", "replace").strip("\0")
