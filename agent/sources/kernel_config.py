"""The options a kernel was built with, from the first configuration that has any."""

import zlib

from agent.gzip_format import GZIP
from agent.hostfs.host import Host
from agent.kernel.procfs import kernel_option
from agent.sources import capture, module_tree
from agent.sources.cache import Memory

_LIMIT = 1 << 22
_OPTIONS = (
    "CONFIG_IP_SCTP",
    "CONFIG_MODULES",
    "CONFIG_MODPROBE_PATH",
    "CONFIG_STATIC_USERMODEHELPER",
    "CONFIG_MODULE_SIG",
    "CONFIG_MODULE_SIG_FORCE",
    "CONFIG_SECURITY_LOCKDOWN_LSM",
)

#: Each option's value ("n" if unset) and the file that says so.
Options = dict[str, tuple[str, str]]


def read(host: Host, release: str, memory: Memory) -> Options:
    """Return the build options that matter of kernel *release*."""
    if memory.kernel_config:
        return memory.kernel_config
    tree = module_tree.directory(host, release)
    candidates = [f"/boot/config-{release}", f"{tree}/config" if tree else ""]
    if host.live or (release and release == capture.release(host)):
        candidates.insert(0, "/proc/config.gz")
    for path in filter(None, candidates):
        text = _text(host, path)
        found = {name: kernel_option(text, name) for name in _OPTIONS} if text else {}
        options = {name: (value, path) for name, value in found.items() if value}
        if options:
            memory.kernel_config.update(options)
            return options
    return {}


def _text(host: Host, path: str) -> str:
    file = host.read(path, limit=_LIMIT)
    if not path.endswith(".gz"):
        return file.text
    try:
        data = zlib.decompressobj(wbits=GZIP).decompress(file.data, _LIMIT)
    except zlib.error:
        return ""
    return data.decode("ascii", "replace")
