"""SELinux on the node: whether it enforces, and lets confined domains load modules."""

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import Presence
from agent.kernel import arguments as kernel_arguments
from agent.kernel import outputs
from agent.sources import capture
from agent.sources.capture import Layout

CONFIG = "/etc/selinux/config"
_BOOLEAN = "domain_kernel_load_modules"
_ENFORCE = "/sys/fs/selinux/enforce"
_FILE_SYSTEMS = "/proc/filesystems"
_SELINUX = "selinuxfs"
_STORES = ("/etc/selinux/{}/active", "/var/lib/selinux/{}/active")


def gather(host: Host, gaps: list[Gap]) -> tuple[bool | None, bool | None]:
    """Return enforcing and the boolean that lets confined domains load modules.

    Without a kernel's own files, the configuration says what a boot will do.
    """
    enforcing = _flag(host, _ENFORCE, gaps)
    loading = _flag(host, f"/sys/fs/selinux/booleans/{_BOOLEAN}", gaps)
    if host.live:
        return enforcing, loading
    if enforcing is None:
        enforcing = _configured(host)
        if capture.layout(host) == Layout.MUST_GATHER:
            gaps.append(Gap(_ENFORCE, capture.uncollected(host, _ENFORCE)))
    if loading is None and enforcing:
        loading = _stored(host)
    return enforcing, loading


def hidden(host: Host) -> bool:
    """Tell whether the running kernel has SELinux without showing it here.

    Containers do not get to see /sys/fs/selinux; that the kernel can mount it, and
    does not where SELinux was switched off, is in the list of file systems.
    """
    known = host.read(_FILE_SYSTEMS).text.split() if host.live else []
    return _SELINUX in known and not host.read(_ENFORCE).readable


def _flag(host: Host, path: str, gaps: list[Gap]) -> bool | None:
    file = host.read(path)
    if file.presence == Presence.UNREADABLE:
        gaps.append(Gap(path, file.problem))
    return file.text.split()[:1] == ["1"] if file.readable else None


def _configured(host: Host) -> bool | None:
    mode = outputs.setting(host.read(CONFIG).text, "SELINUX")
    if not mode:
        return None
    line = host.read("/proc/cmdline").text or capture.command_line(host) or ""
    arguments = tuple(kernel_arguments.split(line))
    for key in ("selinux", "enforcing"):
        argument = kernel_arguments.last(arguments, key)
        if argument:
            return argument.value != "0" and mode != "disabled"
    return mode == "enforcing"


def _stored(host: Host) -> bool | None:
    """Return the boolean by sos's list or by what an administrator has set."""
    found = outputs.selinux_boolean(
        capture.output(host, "selinux", "sestatus_-b"), _BOOLEAN
    )
    if found is not None:
        return found
    policy = outputs.setting(host.read(CONFIG).text, "SELINUXTYPE") or "targeted"
    for store in _STORES:
        path = f"{store.format(policy)}/booleans.local"
        value = outputs.setting(host.read(path).text, _BOOLEAN)
        if value:
            return value == "1"
    return None
