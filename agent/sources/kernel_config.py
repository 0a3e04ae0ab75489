"""The options a kernel was built with, from the first configuration that has any."""

import posixpath
import zlib
from collections.abc import Sequence

from agent.facts import Gap
from agent.gzip_format import GZIP
from agent.hostfs.host import Host
from agent.kernel.procfs import kernel_options
from agent.sources import module_tree
from agent.sources.cache import Memory

_LIMIT = 1 << 22
_RUNNING = "/proc/config.gz"
_OPTIONS = (
    "CONFIG_IP_SCTP",
    "CONFIG_MODULES",
    "CONFIG_KALLSYMS",
    "CONFIG_LTO_CLANG",
    "CONFIG_MODPROBE_PATH",
    "CONFIG_STATIC_USERMODEHELPER",
    "CONFIG_MODULE_SIG",
    "CONFIG_MODULE_SIG_FORCE",
    "CONFIG_SECURITY_LOCKDOWN_LSM",
    "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY",
    "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY",
)

#: Each option's value ("n" if unset) and the file that says so.
Options = dict[str, tuple[str, str]]


def read(
    host: Host, release: str, memory: Memory, gaps: list[Gap], *, running: bool
) -> Options:
    """Return the build options that matter of kernel *release*.

    Where there are none, *gaps* has what could have them and cannot be read.
    It is the *running* one, or was when the files were copied: then /proc is its.
    """
    key = f"{host.root}:{release}"
    if key in memory.kernel_configs:
        return memory.kernel_configs[key]
    tree = module_tree.directory(host, release)
    candidates = [f"/boot/config-{release}", f"{tree}/config" if tree else ""]
    if running:
        candidates.insert(0, _RUNNING)
    unseen: list[Gap] = []
    for path in filter(None, candidates):
        text = _text(host, path, unseen)
        values = kernel_options(text, _OPTIONS) if text else {}
        options = {name: (value, path) for name, value in values.items()}
        if options:
            memory.kernel_configs[key] = options
            return options
    gaps += unseen
    return {}


def heeds_initcalls(options: Options) -> bool | None:
    """Tell whether the kernel heeds `initcall_blacklist=`, None where not known.

    It looks functions up by their names, which needs CONFIG_KALLSYMS (init/main.c);
    clang's LTO puts another function in the place of a built-in one (linux/init.h).
    """
    value = options.get("CONFIG_KALLSYMS", ("", ""))[0]
    if value == "n":
        return False
    renamed = options.get("CONFIG_LTO_CLANG", ("n", ""))[0] == "y"
    return True if value == "y" and not renamed else None


def unread(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return those of the *gaps* that hide build options by a failure."""
    return tuple(gap for gap in gaps if is_config(gap.path) and not gap.withheld)


def is_config(path: str) -> bool:
    """Tell whether *path* is one that may hold build options."""
    return path == _RUNNING or posixpath.basename(path).startswith("config")


def _text(host: Host, path: str, unseen: list[Gap]) -> str:
    file = host.read(path, limit=_LIMIT)
    if file.unseen:
        unseen.append(Gap(path, file.problem))
        return ""
    if not path.endswith(".gz"):
        return file.text
    try:
        data = zlib.decompressobj(wbits=GZIP).decompress(file.data, _LIMIT)
    except zlib.error:
        return ""
    return data.decode("ascii", "replace")
