"""What kind of copy of a node lies under a root, and what such a copy leaves out."""

import posixpath
from enum import StrEnum

from agent.hostfs.host import Host
from agent.hostfs.values import Kind, Presence
from agent.kernel import outputs

_OUTPUT_LIMIT = 1 << 24  # `sysctl -a` of a node with many interfaces is long
_COMMANDS = "/sos_commands"
_PROGRAMS = ("/usr/bin", "/usr/sbin", "/bin", "/sbin")
_RELEASE = "/proc/sys/kernel/osrelease"


class Layout(StrEnum):
    """How the files came here; the value says it in words."""

    NODE = "a node's files"
    SOSREPORT = "a sosreport"
    MUST_GATHER = "a must-gather"


#: The plugin of sos that copies a folder (sos/report/plugins: kernel.py,
#: systemd.py); a folder that is not listed is in no sosreport.
_PLUGINS = {
    "/etc/modprobe.d": "kernel",
    "/usr/local/lib/modprobe.d": "kernel",
    "/usr/lib/modprobe.d": "kernel",
    "/lib/modprobe.d": "kernel",
    "/etc/sysctl.d": "kernel",
    "/usr/local/lib/sysctl.d": "kernel",
    "/usr/lib/sysctl.d": "kernel",
    "/lib/sysctl.d": "kernel",
    "/etc/modules-load.d": "systemd",
    "/etc/systemd/system": "systemd",
}


def layout(host: Host) -> Layout:
    """Return how the files under the root were taken; live files are a node's."""
    if not host.live:
        if host.kind(_COMMANDS) == Kind.DIRECTORY:
            return Layout.SOSREPORT
        if host.kind("/proc_cmdline") == Kind.FILE:
            return Layout.MUST_GATHER
    return Layout.NODE


def holds_programs(host: Host) -> bool:
    """Tell whether a program that is not there is missing on the node as well.

    A root without any, that of a running node too, is what is left of one.
    """
    return layout(host) == Layout.NODE and any(
        host.kind(path) in {Kind.DIRECTORY, Kind.UNKNOWN} for path in _PROGRAMS
    )


def uncollected(host: Host, path: str) -> str:
    """Return why the absence of *path* says nothing, "" where it does or is there.

    An archive leaves out most of a node; a disk whose /etc or /usr is missing is
    not the whole node. What lies in /run is gone after a boot.
    """
    if host.live or path.startswith("/run/") or host.kind(path) != Kind.NOTHING:
        return ""
    match layout(host):
        case Layout.SOSREPORT:
            return _left_out_by_sos(host, path)
        case Layout.MUST_GATHER:
            return "a must-gather does not hold it"
        case _:
            return _left_out_of_disk(host, path)


def _left_out_by_sos(host: Host, path: str) -> str:
    plugin = _PLUGINS.get(path)
    if plugin is None:
        return "a sosreport does not hold it"
    if host.kind(f"{_COMMANDS}/{plugin}") == Kind.DIRECTORY:
        return ""
    return f"the sosreport was made without its plugin {plugin}"


def _left_out_of_disk(host: Host, path: str) -> str:
    tops = ("/etc",) if path.startswith("/etc/") else ("/usr", "/lib")
    if any(host.listdir(top).presence == Presence.PRESENT for top in tops):
        return ""
    problem = f"{posixpath.join('ROOT', tops[0][1:])} is missing: not a node's root"
    if host.kind("/ostree/deploy") == Kind.DIRECTORY:
        problem += " but that of its disk, give ROOT/ostree/deploy/NAME/deploy/ID"
    return problem


def output(host: Host, plugin: str, command: str) -> str:
    """Return what sos keeps of a command's output, "" where there is none."""
    return host.read(f"{_COMMANDS}/{plugin}/{command}", _OUTPUT_LIMIT).text


def release(host: Host) -> str:
    """Return the kernel that ran when the files were taken, "" if they do not say."""
    if host.live:
        return ""
    return (
        host.read(_RELEASE).text.strip()
        or outputs.uname_release(output(host, "kernel", "uname_-a"))
        or sysctls(host).get("kernel.osrelease", "")
        or outputs.dmesg_release(_must_gather(host, "dmesg"))
    )


def command_line(host: Host) -> str | None:
    """Return the arguments that a must-gather keeps, None without them."""
    return _must_gather(host, "proc_cmdline").strip() or None


def sysctls(host: Host) -> dict[str, str]:
    """Return the settings that sos saw, empty where it did not look."""
    return outputs.sysctls(output(host, "kernel", "sysctl_-a"))


def package_version(host: Host, name: str) -> int | None:
    """Return the version of an installed package by sos's lists."""
    for path in ("/installed-rpms", "/installed-debs"):
        version = outputs.package_version(host.read(path, _OUTPUT_LIMIT).text, name)
        if version is not None:
            return version
    return None


def ships_sctp(host: Host, release: str) -> bool | None:
    """Tell whether the packages of the kernel *release* have sctp, by sos's list."""
    if layout(host) != Layout.SOSREPORT:
        return None
    text = host.read("/installed-rpms", _OUTPUT_LIMIT).text
    return outputs.ships_sctp(text, release)


def _must_gather(host: Host, name: str) -> str:
    if layout(host) != Layout.MUST_GATHER:
        return ""
    return host.read(f"/{name}", _OUTPUT_LIMIT).text
