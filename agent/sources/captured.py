"""What a kernel had of SCTP when the files of its node were taken.

It says nothing of what a boot loads, but a stack that is there without a module is
built in.
"""

from agent.hostfs.host import Host
from agent.hostfs.values import Kind
from agent.kernel import procfs
from agent.sources import capture

_MODULES = "/proc/modules"
_LIMIT = 1 << 22
_STACK = ("/proc/sys/net/sctp", "/proc/net/sctp")
_PREFIX = "net.sctp."


def has_module(host: Host, name: str) -> bool:
    """Tell whether the module was loaded."""
    file = host.read(_MODULES, _LIMIT)
    return any(module.name == name for module in procfs.modules(file.text))


def built_in(host: Host, name: str) -> bool:
    """Tell whether the stack was there without being a module."""
    if not host.read(_MODULES, _LIMIT).readable or has_module(host, name):
        return False
    return _has_stack(host)


def without_stack(host: Host) -> bool:
    """Tell whether the stack was certainly not there, by all settings that were."""
    readable = host.kind("/proc/sys/net/core") == Kind.DIRECTORY or capture.sysctls(
        host
    )
    return bool(readable) and not _has_stack(host)


def _has_stack(host: Host) -> bool:
    if any(host.kind(path) == Kind.DIRECTORY for path in _STACK):
        return True
    return any(key.startswith(_PREFIX) for key in capture.sysctls(host))
