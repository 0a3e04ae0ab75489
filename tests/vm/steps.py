"""What brings a freshly booted node into the state that a scenario is about.

`{release}` and `{suffix}` in a path stand for the kernel's release and for how the
names of its modules go on after .ko.
"""

import base64
from collections.abc import Mapping
from typing import TypeAlias

from tests.vm.kernel import Kernel

Step: TypeAlias = Mapping[str, object]

MODULES = "/lib/modules/{release}"
SCTP = f"{MODULES}/kernel/net/sctp/sctp.ko{{suffix}}"
UNSIGNED_SCTP = "/opt/modules/unsigned/sctp.ko{suffix}"
DAMAGED_SCTP = "/opt/modules/damaged/sctp.ko{suffix}"


def write(path: str, content: str | bytes = "", *, mode: int = 0o644) -> Step:
    """Write a file and the folders above it."""
    return {"do": "write", "path": path, "base64": _base64(content), "mode": mode}


def link(path: str, target: str) -> Step:
    """Make a symbolic link."""
    return {"do": "link", "path": path, "target": target}


def directory(path: str) -> Step:
    """Make a directory and those above it."""
    return {"do": "directory", "path": path}


def fifo(path: str) -> Step:
    """Make a named pipe that nobody writes to."""
    return {"do": "fifo", "path": path}


def remove(path: str) -> Step:
    """Remove a file or a whole folder."""
    return {"do": "remove", "path": path}


def move(path: str, target: str) -> Step:
    """Rename a file or a folder."""
    return {"do": "move", "path": path, "target": target}


def copy(path: str, target: str) -> Step:
    """Copy a file over another one."""
    return {"do": "copy", "path": path, "target": target}


def truncate(path: str, size: int) -> Step:
    """Keep only the first bytes of a file."""
    return {"do": "truncate", "path": path, "size": size}


def sysctl(path: str, content: str) -> Step:
    """Write below /proc/sys, in one system call and without a newline of its own."""
    return {"do": "sysctl", "path": path, "base64": _base64(content)}


def selinux(path: str, content: str | bytes) -> Step:
    """Write below /sys/fs/selinux in one system call: a policy, a mode, a boolean."""
    return {"do": "selinux", "path": path, "base64": _base64(content)}


def command(*argv: str) -> Step:
    """Run a program as root; it must succeed."""
    return {"do": "command", "argv": argv}


def fit(step: Step, kernel: Kernel) -> Step:
    """Return the step with the kernel's release and suffix in its paths."""
    return {key: _fit(value, kernel) for key, value in step.items()}


def _fit(value: object, kernel: Kernel) -> object:
    if isinstance(value, tuple):
        return [_fit(item, kernel) for item in value]
    if not isinstance(value, str):
        return value
    fitted = value.replace("{release}", kernel.release)
    return fitted.replace("{suffix}", kernel.suffix)


def _base64(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return base64.b64encode(data).decode("ascii")
