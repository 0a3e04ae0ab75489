"""The policy that the next boot loads: its boolean about modules, local additions."""

import os
from collections.abc import Iterator

from agent.hostfs.host import Host
from agent.kernel import outputs
from agent.selinux import booleans, modules, policy
from agent.sources import capture
from agent.sources.lenient import given_names, given_text

_FOLDER = "/etc/selinux/{}/policy"
_MODULES = (
    "/etc/selinux/{}/active/modules",
    "/var/lib/selinux/{}/active/modules",
)
_VERSION = "/sys/fs/selinux/policyvers"
_CHUNK = 1 << 20


def boolean(host: Host, name: str) -> bool | None:
    """Return the boolean in the policy *name*, None if nothing says it.

    The compiled policy has what `setsebool -P` stored; without it there is sos's
    list, or the file that only such settings are in.
    """
    state = _in_policy(host, _FOLDER.format(name))
    if state is not None:
        return state
    sestatus = capture.output(host, "selinux", "sestatus_-b")
    state = outputs.selinux_boolean(sestatus, booleans.NAME)
    if state is not None:
        return state
    for path in booleans.LOCAL:
        value = outputs.setting(given_text(host, path.format(name)), booleans.NAME)
        if value:
            return value.lower() in {"1", "true"}
    return None


def loosened_by(host: Host, name: str) -> str:
    """Return the first local module that may let containers do more, "" for none."""
    for store in _MODULES:
        folder = store.format(name)
        for priority in filter(modules.is_local, given_names(host, folder)):
            for module in given_names(host, f"{folder}/{priority}"):
                file = host.read(f"{folder}/{priority}/{module}/cil")
                if file.problem or modules.may_loosen(file.data):
                    return module
    return ""


def _in_policy(host: Host, folder: str) -> bool | None:
    version = given_text(host, _VERSION).strip()
    highest = int(version) if version.isdecimal() else None
    file = policy.newest(given_names(host, folder), highest)
    if not file:
        return None
    try:
        with host.open(f"{folder}/{file}") as fd:
            return policy.boolean(_chunks(fd), booleans.NAME)
    except OSError:
        return None


def _chunks(fd: int) -> Iterator[bytes]:
    while chunk := os.read(fd, _CHUNK):
        yield chunk
