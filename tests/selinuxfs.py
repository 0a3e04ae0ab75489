"""A stand-in for the kernel's SELinux below a node's /sys/fs/selinux.

The node's files are real; what the kernel does with a write to `access` and a read
of it is played here. The real kernel has its say in tests/vm/.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent.hostfs import mounts
from tests.mounted import mount_id
from tests.nodes import Content, Files

FOLDER = "/sys/fs/selinux"
ACCESS = f"{FOLDER}/access"
BOOLEAN = f"{FOLDER}/booleans/domain_kernel_load_modules"
CONFIG = "/etc/selinux/config"
LXC_CONTEXTS = "/etc/selinux/targeted/contexts/lxc_contexts"
OVERRIDE = "/usr/share/containers/selinux/contexts"
KERNEL = "system_u:system_r:kernel_t:s0"
_CLASSES = {
    "system": ("ipc_info", "module_request"),
    "sctp_socket": ("create", "bind", "listen", "connect"),
    "rawip_socket": ("create", "bind", "listen", "connect"),
}
ALL = 0xFFFFFFFF


def contexts(domain: str) -> str:
    """Return what says that containers are given that *domain*."""
    return (
        f'process = "system_u:system_r:{domain}:s0"\n'
        'file = "system_u:object_r:container_file_t:s0"\n'
    )


def enforcing(*, enforce: str = "1", boolean: str = "0 0") -> Files:
    """Return the files of a node whose kernel has a policy, as RHEL sets it up."""
    files: dict[str, Content] = {
        CONFIG: "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
        LXC_CONTEXTS: contexts("container_t"),
        ACCESS: "",
        BOOLEAN: boolean,
        f"{FOLDER}/enforce": enforce,
        f"{FOLDER}/deny_unknown": "0",
        f"{FOLDER}/policyvers": "33",
        f"{FOLDER}/policy_capabilities/extended_socket_class": "1",
        f"{FOLDER}/initial_contexts/kernel": f"{KERNEL}\0",
        "/proc/filesystems": "nodev\tselinuxfs\n",
        "/proc/self/attr/current": "system_u:system_r:spc_t:s0\0",
    }
    for number, (name, permissions) in enumerate(_CLASSES.items(), start=1):
        files[f"{FOLDER}/class/{name}/index"] = str(number)
        for at, permission in enumerate(permissions, start=1):
            files[f"{FOLDER}/class/{name}/perms/{permission}"] = str(at)
    return files


#: The permissions of each domain and class; other domains have none.
Rules = Mapping[tuple[str, str], int]
ORDINARY: Rules = {("container_t", "sctp_socket"): ALL}
OPEN: Rules = {**ORDINARY, ("container_t", "system"): ALL}
Play = Callable[..., None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Play:
    """Return a function that lets the kernel have these rules from now on."""

    def start(rules: Rules = ORDINARY, *, flags: int = 0, answer: bytes = b"") -> None:
        mountinfo = tmp_path / "mountinfo"
        mountinfo.write_text(f"{mount_id(tmp_path)} 1 0:1 / / rw - selinuxfs s rw\n")
        monkeypatch.setattr(mounts, "_MOUNTS", str(mountinfo))
        _System(rules, flags, answer).replace(monkeypatch)

    return start


class _System:
    """The two system calls, for that one file."""

    def __init__(self, rules: Rules, flags: int, answer: bytes) -> None:
        self._rules, self._flags, self._answer = rules, flags, answer
        self._write, self._read = os.write, os.read
        self._asked: dict[int, bytes] = {}

    def replace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take their places."""
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "read", self.read)

    def write(self, fd: int, data: bytes) -> int:
        """Keep a question for the read that follows."""
        if not os.readlink(f"/proc/self/fd/{fd}").endswith(ACCESS):
            return self._write(fd, data)
        self._asked[fd] = data
        return len(data)

    def read(self, fd: int, size: int) -> bytes:
        """Answer as sel_write_access does, or read."""
        if fd not in self._asked:
            return self._read(fd, size)
        source, target, number = self._asked.pop(fd).decode().split()
        domain, name = source.split(":")[2], list(_CLASSES)[int(number) - 1]
        assert target == (KERNEL if name == "system" else source)
        permissions = self._rules.get((domain, name), 0)
        return self._answer or b"%x ffffffff 0 ffffffff 1 %x" % (
            permissions,
            self._flags,
        )
