"""What a pod with least privilege gets of a node: a few mounts and no capability."""

from collections.abc import Sequence
from pathlib import Path

from tests.nodes import Files, Link, Node

#: The folders of the least-privilege manifests, and the kernel's own files.
MOUNTS = (
    *("/boot", "/etc/modprobe.d", "/etc/modules-load.d", "/etc/sysctl.d"),
    *("/lib", "/proc", "/sys", "/usr/lib", "/usr/local/lib"),
)
#: As Debian has them: both links lead out of the folders that are given.
LEADING_OUT: Files = {
    "/etc/modules": "",
    "/etc/modules-load.d/modules.conf": Link("../modules"),
    "/etc/sysctl.conf": "",
    "/etc/sysctl.d/99-sysctl.conf": Link("../sysctl.conf"),
    "/usr/local/lib/": None,
}
#: Mounts as a container runtime does, then runs a command without a capability.
_SCRIPT = """
set -eu
node=$1 view=$2; shift 2
while [ "$1" != -- ]; do
    mkdir -p "$view$1"
    mount --bind "$(realpath "$node$1")" "$view$1"
    mount -o remount,bind,ro "$view$1"
    shift
done
shift
exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
"""


def confined(
    node: Node, view: Path, *command: str, mounts: Sequence[str] = MOUNTS
) -> list[str]:
    """Return how to run *command* with *mounts* of *node*, as they are below *view*.

    It replaces the process, so that a signal reaches it. Root is needed to mount.
    """
    for folder in (view, *(node.path(mount) for mount in mounts)):
        folder.mkdir(exist_ok=True)
    shell = ("unshare", "--mount", "sh", "-c", _SCRIPT, "sh")
    return [*shell, str(node.root), str(view), *mounts, "--", *command]
