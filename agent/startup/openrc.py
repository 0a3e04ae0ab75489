"""OpenRC's service that loads modules, by its script: there is more than one. Pure.

OpenRC's own (init.d/modules.in) reads modules-load.d and conf.d/modules and heeds a
blacklist, but for older ones; Alpine's reads /etc/modules, too, and heeds none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

OWN_LIST, OF_EVERY_KERNEL = "/etc/conf.d/modules", "modules"
"""The service's own list, and the key that counts where no kernel has one."""

_ETC_MODULES = re.compile(r"/etc/modules(?![\w-])")
_BLACKLIST = re.compile(r"\bmodprobe\b[^\n;&|]*\s(?:--use-blacklist\b|-[a-zA-Z]*b)")
_LIST = re.compile(r"\$\{?modules\b")


@dataclass(frozen=True, slots=True)
class Script:
    """What it reads beside modules-load.d; None stands for not known."""

    reads_etc_modules: bool | None = None
    reads_own_list: bool | None = None
    heeds_blacklist: bool | None = None


def script(text: str) -> Script:
    """Return what the script *text* reads, not known where it calls no modprobe."""
    if "modprobe" not in text:
        return Script()
    return Script(
        reads_etc_modules=_ETC_MODULES.search(text) is not None,
        reads_own_list=_LIST.search(text) is not None,
        heeds_blacklist=_BLACKLIST.search(text) is not None,
    )


def lists_of_releases(text: str) -> Iterator[str]:
    """Yield the keys that count in place of *OF_EVERY_KERNEL* for some kernels."""
    yield from re.findall(r"^[ \t]*(modules_\d\w*)=", text, re.MULTILINE)
