"""Which SELinux label the node's container runtime gives to an ordinary container."""

import re

from agent.hostfs.host import Host
from agent.hostfs.values import Kind, Presence
from agent.selinux.contexts import container_label

#: Runtimes read the first one that is there (opencontainers/selinux).
_CONTEXTS = (
    "/usr/share/containers/selinux/contexts",
    "/etc/selinux/{}/contexts/lxc_contexts",
)
_PROGRAMS = ("/usr/bin/{}", "/usr/local/bin/{}")
_CONTAINERD = (
    "/etc/containerd/config.toml",
    "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
    "/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
)
_ENABLED = re.compile(r"^\s*enable_selinux\s*=\s*true\b", re.MULTILINE)


def find(host: Host, policy: str) -> tuple[str, str]:
    """Return the label, or "" and why it is not known; both "" without any file."""
    problem = _why_no_label(host)
    if problem:
        return "", problem
    for template in _CONTEXTS:
        path = template.format(policy)
        file = host.read(path)
        if file.presence == Presence.ABSENT:
            continue
        label = container_label(file.text) if file.readable else ""
        if label:
            return label, ""
        return "", f"{path}: {file.problem or 'it has no label for containers'}"
    return "", ""


def _why_no_label(host: Host) -> str:
    """Return why containers may have no label of their own, "" if they have.

    CRI-O labels them wherever SELinux is on, containerd only when it is told to.
    Without either, whatever runs containers here is taken to label them.
    """
    if _installed(host, "crio"):
        return ""
    configs = [host.read(path) for path in _CONTAINERD]
    if any(_ENABLED.search(file.text) for file in configs):
        return ""
    paths = [file.path for file in configs if file.presence != Presence.ABSENT]
    if paths or _installed(host, "containerd"):
        where = f", and {paths[0]} does not say so" if paths else ""
        return f"containerd labels containers only with enable_selinux{where}"
    return ""


def _installed(host: Host, name: str) -> bool:
    return any(host.kind(path.format(name)) == Kind.FILE for path in _PROGRAMS)
